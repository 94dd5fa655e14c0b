"""What libraries say on our pages without German of their own: gathered from here, said by them."""

from django.utils.translation import gettext_noop as _

UNFOLD = (
    _("After you've created a user, you\N{RIGHT SINGLE QUOTATION MARK}ll be able to edit more user options."),
    _("All applications"),
    _("Apply Filters"),
    _("Click to cancel"),
    _("Click to download"),
    _("Collapse"),
    _("Current file"),
    _("Choose file to upload"),
    _("Dark"),
    _("Date from"),
    _("Date to"),
    _("Default"),
    _("Expand row"),
    _("False"),
    _("Go back"),
    _("Group permissions"),
    _("Light"),
    _("Loading more results..."),
    _("Manage user"),
    _("More actions"),
    _("New"),
    _("Next"),
    _("No data"),
    _("No results found"),
    _("No results matching your query"),
    _("Non field specific"),
    _("Object permissions"),
    _("Object"),
    _("Previous"),
    _(
        "Raw passwords are not stored, so there is no way to see this user\N{RIGHT SINGLE QUOTATION MARK}s password, "
        'but you can change the password using <a href="{}" class="text-primary-600 dark:text-primary-500">this form'
        "</a>."
    ),
    _("Reset filters"),
    _("Return to site"),
    _("Select action to run"),
    _("Select action"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("System"),
    _("This item will be deleted."),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("Toggle password visibility"),
    _("True"),
    _("User permissions"),
    _("Welcome back to"),
    _("You have been successfully logged out from the administration"),
)
DJANGO = (
    _(
        "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to "
        "authenticate using other backends, such as Single Sign-On or LDAP."
    ),
)
DJANGO_Q = (
    _("Name of the target cluster"),
    _("Signed serialized task package (do not edit manually)."),
    _("Prevent any cluster from pulling until"),
    _("32-character task identifier."),
    _("Optional human-readable name for lookup and display."),
    _("Dotted import path to the callable, e.g. myapp.tasks.job."),
    _("Optional dotted path to a callback that receives the task result."),
    _("Pickled positional arguments (tuple)."),
    _("Pickled keyword arguments (dict)."),
    _("Pickled return value or error payload."),
    _("Optional group id to aggregate related tasks."),
    _("Name of the cluster that executed this task."),
    _("When the worker started executing the task."),
    _("When the worker finished (success or failure)."),
    _("False if the task raised an exception or timed out."),
    _("How many times execution was attempted."),
)
PERMISSIONS = (_("Can add"), _("Can change"), _("Can delete"), _("Can view"))
