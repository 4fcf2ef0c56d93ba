"""Who could do everything before there were roles is owner now."""

from django.conf import settings
from django.db import migrations
from django.utils import timezone


def make_owners(apps, schema_editor):
    users = apps.get_model(*settings.AUTH_USER_MODEL.split("."))
    posts = apps.get_model("identity", "StaffPost")
    posts.objects.bulk_create(
        posts(user_id=user, role="owner", since=timezone.now(), given_by="migration")
        for user in users.objects.filter(is_staff=True).values_list("pk", flat=True)
    )


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunPython(make_owners, migrations.RunPython.noop)]
