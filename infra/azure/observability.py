"""Logs, and where they come from. Who is told of what stands in `alerts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import monitor, operationalinsights

from infra.azure.names import own
from infra.azure.place import below, kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.azure.place import Place
    from infra.azure.settings import Logs

#: What the API server and its neighbours write that answers "who did what". `kube-audit` adds
#: every read to it, and is most of the bill.
CLUSTER_LOGS = ("kube-audit-admin", "guard", "kube-apiserver", "cluster-autoscaler")
#: All that a service counts as an audit log: who read which secret, who pulled which image.
AUDIT = "audit"


class Observability(pulumi.ComponentResource):
    """The workspace that all logs go to."""

    def __init__(
        self, place: Place, logs: Logs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("tenantry:azure:Observability", "observability", None, opts)
        self.workspace = operationalinsights.Workspace(
            "logs",
            resource_group_name=place.group,
            workspace_name=place.names.stem,
            location=place.location,
            sku=operationalinsights.WorkspaceSkuArgs(
                name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018
            ),
            retention_in_days=logs.retention_days,
            workspace_capping=operationalinsights.WorkspaceCappingArgs(
                daily_quota_gb=logs.daily_gigabytes
            ),
            features=operationalinsights.WorkspaceFeaturesArgs(
                disable_local_auth=True,
                enable_log_access_using_only_resource_permissions=True,
            ),
            tags=place.tags,
            opts=kept(self),
        )
        self._name = own(place.names.stem, "logs")
        self.register_outputs({"workspace": self.workspace.id})

    def record_audit(self, name: str, of: pulumi.Input[str]) -> None:
        """Keep who did what to a resource."""
        self._record(
            name, of, [monitor.DiagnosticsLogSettingsArgs(category_group=AUDIT, enabled=True)]
        )

    def record_cluster(self, of: pulumi.Input[str]) -> None:
        """Keep what a cluster's control plane writes."""
        logs = [
            monitor.DiagnosticsLogSettingsArgs(category=each, enabled=True) for each in CLUSTER_LOGS
        ]
        self._record("cluster", of, logs)

    def _record(
        self, name: str, of: pulumi.Input[str], logs: Sequence[monitor.DiagnosticsLogSettingsArgs]
    ) -> None:
        monitor.DiagnosticSetting(
            name,
            resource_uri=of,
            name=self._name,
            workspace_id=self.workspace.id,
            log_analytics_destination_type="Dedicated",
            logs=list(logs),
            opts=below(self),
        )
