"""What all objects for Argo CD share."""

API_VERSION = "argoproj.io/v1alpha1"

#: Deletes what an Application delivered once the Application leaves Git, but for kept objects and
#: custom resource definitions. The path is the form that the API server asks for, and means what
#: the bare name does. Source: argo-cd v3.2.11, application_defaults.go.
CASCADE = ["resources-finalizer.argocd.argoproj.io/foreground"]

#: Keeps a project until no Application names it: without one, none of them can be deleted. Argo CD
#: knows only the bare name here. Source: argo-cd v3.2.11, app_project_types.go, HasFinalizer.
KEEP_WHILE_USED = ["resources-finalizer.argocd.argoproj.io"]
