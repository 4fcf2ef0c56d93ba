"""Which technology stands for each capability of a node: the only place of the node that names one."""
