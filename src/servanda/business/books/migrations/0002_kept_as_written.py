from django.db import migrations

TABLES = (
    "books_account",
    "books_voucher",
    "books_voucher_line",
    "books_voucher_entry",
    "books_void",
    "books_link",
    "books_head",
)


def guard(table: str) -> str:
    return f"""
    create trigger {table}_append_only before update or delete on {table}
        for each row execute function refuse_change();
    create trigger {table}_never_emptied before truncate on {table}
        for each statement execute function refuse_change();
    """


class Migration(migrations.Migration):
    dependencies = [("books", "0001_initial"), ("evidence", "0002_append_only")]
    operations = [migrations.RunSQL("".join(map(guard, TABLES)), migrations.RunSQL.noop)]
