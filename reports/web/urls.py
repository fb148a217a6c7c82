"""Addresses of the report form and its receipt."""

from django.urls import path
from django.views.decorators.gzip import gzip_page

from reports.web import views

urlpatterns = [
    path("places/regions", views.regions, name="regions"),
    path("places/region", views.region_of, name="region-of"),
    path("<slug:slug>/report", gzip_page(views.report), name="report"),
    path("<slug:slug>/report/<uuid:report_id>/<str:secret>", views.receipt, name="receipt"),
    path("<slug:slug>/report/<uuid:report_id>/<str:secret>/correct", views.correct, name="correct-report"),
    path("<slug:slug>/report/<uuid:report_id>/<str:secret>/withdraw", views.withdraw, name="withdraw-report"),
    path("<slug:slug>/report/<uuid:report_id>/<str:secret>/standing", views.standing, name="standing"),
]
