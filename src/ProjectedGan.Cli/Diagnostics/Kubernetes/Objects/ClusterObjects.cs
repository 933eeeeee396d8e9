namespace ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;

// Of the API's objects only what the checks ask for. What an object lacks is null; kubectl's JSON is read by the web's rules for names.

internal sealed record ObjectList<T>(IReadOnlyList<T>? Items);

internal sealed record ObjectMetadata(
    string Name, IReadOnlyDictionary<string, string>? Labels, IReadOnlyDictionary<string, string>? Annotations, DateTimeOffset? CreationTimestamp);

internal sealed record ObjectCondition(string Type, string Status, string? Reason, string? Message);

internal sealed record VersionAnswer(VersionInfo? ClientVersion, VersionInfo? ServerVersion);

internal sealed record VersionInfo(string GitVersion, string Major, string Minor);

/// <summary>The answer to <c>kubectl config view --minify</c>.</summary>
internal sealed record ConfigView(IReadOnlyList<NamedContext>? Contexts);

internal sealed record NamedContext(string Name, ContextSettings? Context);

internal sealed record ContextSettings(string? Namespace, string? Cluster);

internal sealed record ApiGroups(IReadOnlyList<ApiGroup>? Groups);

internal sealed record ApiGroup(string Name);

internal sealed record ClusterNode(ObjectMetadata Metadata, NodeSpec? Spec, NodeStatus? Status);

internal sealed record NodeSpec(bool Unschedulable);

internal sealed record NodeStatus(IReadOnlyDictionary<string, string>? Allocatable, IReadOnlyDictionary<string, string>? Capacity, IReadOnlyList<ObjectCondition>? Conditions);

internal sealed record StorageClass(ObjectMetadata Metadata, string? Provisioner);

internal sealed record Claim(ObjectMetadata Metadata, ClaimSpec? Spec, ClaimStatus? Status);

internal sealed record ClaimSpec(string? StorageClassName, IReadOnlyList<string>? AccessModes);

internal sealed record ClaimStatus(string? Phase);

/// <summary>An event. Which of the times is set depends on who told it.</summary>
internal sealed record ClusterEvent(
    ObjectMetadata? Metadata,
    ObjectReference? InvolvedObject,
    string? Type,
    string? Reason,
    string? Message,
    DateTimeOffset? LastTimestamp,
    DateTimeOffset? EventTime,
    EventSeries? Series)
{
    /// <summary>When it happened last.</summary>
    public DateTimeOffset? Time => Series?.LastObservedTime ?? LastTimestamp ?? EventTime ?? Metadata?.CreationTimestamp;
}

internal sealed record EventSeries(DateTimeOffset? LastObservedTime);

internal sealed record ObjectReference(string? Kind, string? Name);

/// <summary>A secret or a ConfigMap; of others only that it is there.</summary>
internal sealed record KeyedObject(ObjectMetadata Metadata, IReadOnlyDictionary<string, string>? Data, IReadOnlyDictionary<string, string>? BinaryData);

internal sealed record ResourceQuota(ObjectMetadata Metadata, ResourceQuotaSpec? Spec);

internal sealed record ResourceQuotaSpec(IReadOnlyDictionary<string, string>? Hard);

internal sealed record LimitRange(ObjectMetadata Metadata, LimitRangeSpec? Spec);

internal sealed record LimitRangeSpec(IReadOnlyList<LimitRangeItem>? Limits);

internal sealed record LimitRangeItem(
    string Type, IReadOnlyDictionary<string, string>? Default, IReadOnlyDictionary<string, string>? DefaultRequest, IReadOnlyDictionary<string, string>? Max);

/// <summary>A StatefulSet or a Deployment.</summary>
internal sealed record Workload(ObjectMetadata Metadata, WorkloadSpec? Spec);

internal sealed record WorkloadSpec(int? Replicas, PodTemplate? Template);

internal sealed record PodTemplate(PodSpec? Spec);

internal sealed record PodSpec(IReadOnlyList<Container>? Containers);

internal sealed record Container(string Name, ContainerResources? Resources);

internal sealed record ContainerResources(IReadOnlyDictionary<string, string>? Limits);

internal sealed record Pod(ObjectMetadata Metadata, PodStatus? Status);

internal sealed record PodStatus(
    string? Phase,
    string? Reason,
    string? Message,
    IReadOnlyList<ObjectCondition>? Conditions,
    IReadOnlyList<ContainerStatus>? InitContainerStatuses,
    IReadOnlyList<ContainerStatus>? ContainerStatuses);

internal sealed record ContainerStatus(string Name, bool Ready, int RestartCount, ContainerState? State, ContainerState? LastState);

internal sealed record ContainerState(WaitingState? Waiting, TerminatedState? Terminated);

internal sealed record WaitingState(string? Reason, string? Message);

internal sealed record TerminatedState(string? Reason, int ExitCode);

/// <summary>A SelfSubjectAccessReview: asked and answered.</summary>
internal sealed record AccessReview(AccessReviewSpec Spec, AccessReviewStatus? Status);

internal sealed record AccessReviewSpec(ResourceAttributes ResourceAttributes);

internal sealed record ResourceAttributes(string? Group, string Resource, string Verb, string? Namespace);

internal sealed record AccessReviewStatus(bool Allowed);
