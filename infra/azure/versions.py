"""Which version of Azure's API makes each type of resource that is used here.

Version 3 of the SDK brings one version for each type; classes for others must be generated into
the repository (`pulumi package add azure-native <module> <version>`), with an engine and the
provider's plugin. So the versions are pinned by pinning the SDK, and are written down here: a test
holds this table against the SDK, so that a new SDK that moves one of them shows it in review.
"""

from __future__ import annotations

API_VERSIONS = {
    "authorization:RoleAssignment": "2022-04-01",
    "authorization:RoleDefinition": "2022-05-01-preview",
    "consumption:Budget": "2024-08-01",
    "containerregistry:Registry": "2023-01-01-preview",
    "containerservice:AgentPool": "2025-09-01",
    "containerservice:MaintenanceConfiguration": "2025-09-01",
    "containerservice:ManagedCluster": "2025-09-01",
    "dns:RecordSet": "2023-07-01-preview",
    "dns:Zone": "2023-07-01-preview",
    "keyvault:Vault": "2024-11-01",
    "managedidentity:FederatedIdentityCredential": "2023-01-31",
    "managedidentity:UserAssignedIdentity": "2023-01-31",
    "monitor:ActionGroup": "2024-10-01-preview",
    "monitor:ActivityLogAlert": "2020-10-01",
    "monitor:DiagnosticSetting": "2021-05-01-preview",
    "monitor:MetricAlert": "2018-03-01",
    "monitor:ScheduledQueryRule": "2025-01-01-preview",
    "network:NatGateway": "2024-05-01",
    "network:NetworkSecurityGroup": "2024-05-01",
    "network:PrivateDnsZoneGroup": "2024-05-01",
    "network:PrivateEndpoint": "2024-05-01",
    "network:PublicIPAddress": "2024-05-01",
    "network:Subnet": "2024-05-01",
    "network:VirtualNetwork": "2024-05-01",
    "operationalinsights:Workspace": "2023-09-01",
    "privatedns:PrivateRecordSet": "2024-06-01",
    "privatedns:PrivateZone": "2024-06-01",
    "privatedns:VirtualNetworkLink": "2024-06-01",
    "resources:ResourceGroup": "2024-03-01",
    "storage:BlobContainer": "2024-01-01",
    "storage:BlobServiceProperties": "2024-01-01",
    "storage:ManagementPolicy": "2024-01-01",
    "storage:StorageAccount": "2024-01-01",
}

#: Types that cannot carry tags.
UNTAGGED = frozenset(
    (
        "authorization:RoleAssignment",
        "authorization:RoleDefinition",
        "consumption:Budget",
        "containerservice:MaintenanceConfiguration",
        "dns:RecordSet",
        "managedidentity:FederatedIdentityCredential",
        "monitor:DiagnosticSetting",
        "network:PrivateDnsZoneGroup",
        "network:Subnet",
        "privatedns:PrivateRecordSet",
        "storage:BlobContainer",
        "storage:BlobServiceProperties",
        "storage:ManagementPolicy",
    )
)
