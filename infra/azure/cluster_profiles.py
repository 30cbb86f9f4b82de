"""The settings of a cluster of our own, block by block, and why each is as it is."""

from __future__ import annotations

import base64
import re
from ipaddress import ip_network
from typing import TYPE_CHECKING

from pulumi_azure_native import containerservice as aks

if TYPE_CHECKING:
    import pulumi

    from infra.azure.cluster import ClusterArgs

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)
_WEEK = 168


def network_profile(args: ClusterArgs) -> aks.ContainerServiceNetworkProfileArgs:
    """Return Azure CNI in overlay mode with Cilium.

    Cilium as Azure sets it up works with Istio's CNI plugin: `cni-exclusive` is false, so the
    plugin's configuration is left alone, and `bpf-lb-sock` is false, so that a sidecar still sees
    the address of a Service. Source: Azure/azure-container-networking
    test/integration/manifests/cilium/v1.18/cilium-config.
    """
    return aks.ContainerServiceNetworkProfileArgs(
        network_plugin=aks.NetworkPlugin.AZURE,
        network_plugin_mode=aks.NetworkPluginMode.OVERLAY,
        network_dataplane=aks.NetworkDataplane.CILIUM,
        network_policy=aks.NetworkPolicy.CILIUM,
        outbound_type=args.network.outbound,
        load_balancer_sku=aks.LoadBalancerSku.STANDARD,
        pod_cidr=args.pod_range,
        service_cidr=args.service_range,
        dns_service_ip=dns_address(args.service_range),
    )


def dns_address(service_range: str) -> str:
    """Return the address of the cluster's DNS: the tenth of its Services."""
    return str(ip_network(service_range)[10])


def api_server_profile(args: ClusterArgs) -> aks.ManagedClusterAPIServerAccessProfileArgs:
    """Return an API server with addresses of its own in our network: the facts name their range."""
    callers = list(args.api_server_callers)
    return aks.ManagedClusterAPIServerAccessProfileArgs(
        enable_vnet_integration=True,
        subnet_id=args.network.api_server,
        enable_private_cluster=not callers,
        enable_private_cluster_public_fqdn=None if callers else False,
        authorized_ip_ranges=callers or None,
        disable_run_command=True,
    )


def add_login(wanted: aks.ManagedClusterArgs, args: ClusterArgs) -> None:
    """Say how people and pods are known. Who may do what is said by Kubernetes' own RBAC.

    Azure's RBAC for Kubernetes would give rights in namespaces that no file in Git shows.
    """
    wanted.enable_rbac = True
    wanted.disable_local_accounts = True
    wanted.aad_profile = aks.ManagedClusterAADProfileArgs(
        managed=True,
        enable_azure_rbac=False,
        tenant_id=args.tenant_id,
        admin_group_object_ids=list(args.administrators),
    )
    wanted.oidc_issuer_profile = aks.ManagedClusterOIDCIssuerProfileArgs(enabled=True)
    wanted.security_profile = _security(args)


def _security(args: ClusterArgs) -> aks.ManagedClusterSecurityProfileArgs:
    return aks.ManagedClusterSecurityProfileArgs(
        workload_identity=aks.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
        image_cleaner=aks.ManagedClusterSecurityProfileImageCleanerArgs(
            enabled=True, interval_hours=_WEEK
        ),
        custom_ca_trust_certificates=trusted(args.certificates),
        defender=_defender(args.defender),
    )


def _defender(
    workspace: pulumi.Input[str] | None,
) -> aks.ManagedClusterSecurityProfileDefenderArgs | None:
    if workspace is None:
        return None
    return aks.ManagedClusterSecurityProfileDefenderArgs(
        log_analytics_workspace_resource_id=workspace,
        security_monitoring=aks.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs(
            enabled=True
        ),
    )


def trusted(certificates: str | None) -> list[str] | None:
    """Return each certificate of a PEM text as AKS takes it, or None where there is none."""
    found = _CERTIFICATE.findall(certificates or "")
    return [base64.b64encode(each.encode()).decode() for each in found] or None


def add_upkeep(wanted: aks.ManagedClusterArgs) -> None:
    """Say what keeps a cluster whole by itself, within the window of `_maintain`."""
    wanted.auto_upgrade_profile = aks.ManagedClusterAutoUpgradeProfileArgs(
        # The minor version is a fact, and moves by pull request.
        upgrade_channel=aks.UpgradeChannel.PATCH,
        node_os_upgrade_channel=aks.NodeOSUpgradeChannel.NODE_IMAGE,
    )
    wanted.auto_scaler_profile = aks.ManagedClusterPropertiesAutoScalerProfileArgs(
        expander=aks.Expander.LEAST_WASTE,
        scale_down_unneeded_time="20m",
        skip_nodes_with_local_storage="false",
        skip_nodes_with_system_pods="true",
    )
    wanted.storage_profile = aks.ManagedClusterStorageProfileArgs(
        disk_csi_driver=aks.ManagedClusterStorageProfileDiskCSIDriverArgs(enabled=True),
        snapshot_controller=aks.ManagedClusterStorageProfileSnapshotControllerArgs(enabled=True),
    )
    wanted.metrics_profile = aks.ManagedClusterMetricsProfileArgs(
        cost_analysis=aks.ManagedClusterCostAnalysisArgs(enabled=True)
    )
