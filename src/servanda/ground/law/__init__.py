"""Rules of law as dated data: each figure carries the day it took effect and the provision it stands in.

Law stands above the agreement. The modules answer pure questions; which answer wins is settled in `terms`.
"""
