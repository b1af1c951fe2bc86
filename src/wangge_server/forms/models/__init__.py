from wangge_server.forms.models.campaign import Campaign
from wangge_server.forms.models.campaign_door import CampaignDoor
from wangge_server.forms.models.campaign_reply import CampaignReply
from wangge_server.forms.models.device import Device
from wangge_server.forms.models.form import Form
from wangge_server.forms.models.form_file import FormFile
from wangge_server.forms.models.form_version import FormVersion
from wangge_server.forms.models.harmonise_form import DepartmentForm
from wangge_server.forms.models.reply import Reply
from wangge_server.forms.models.submission import Submission
from wangge_server.forms.models.submission_file import SubmissionFile

__all__ = [
    "Campaign",
    "CampaignDoor",
    "CampaignReply",
    "DepartmentForm",
    "Device",
    "Form",
    "FormFile",
    "FormVersion",
    "Reply",
    "Submission",
    "SubmissionFile",
]
