"""The list of the item analysis, at /<language>/analisis/; its pages stand below each quiz."""

from django.urls import path

from .views import analysis as analysis_views

urlpatterns = [path("", analysis_views.analysis_list, name="analysis_list")]
