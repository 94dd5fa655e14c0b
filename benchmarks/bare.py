"""A Django view that only stores the body: what the webhook door is compared with."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from benchmarks.models import BareDelivery


@csrf_exempt
def store(request: HttpRequest) -> HttpResponse:
    BareDelivery.objects.create(body=request.body)
    return HttpResponse(status=202)


def alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("jira/webhook", store), path("healthz", alive)]
