import time, json
from servanda.business.audit.queries import run_audit
from servanda.business.evidence.models import Record
def test_it(companies):
    report = run_audit()
    for f in report.violated: print(f.number, f.name, f.violations, json.dumps(f.rows[:5], ensure_ascii=False, indent=1))
    print([(f.number, round(f.seconds,3)) for f in report.ran])
    for r in Record.objects.order_by("company_id", "id"):
        if r.what not in("letter.accepted",): print(r.company_id, r.customer_id, r.on_day, r.key)
    assert False
