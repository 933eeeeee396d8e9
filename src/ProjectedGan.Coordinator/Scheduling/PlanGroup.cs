namespace ProjectedGan.Coordinator.Scheduling;

/// <summary>Workers that can work together: one device kind, one arithmetic.</summary>
internal sealed class PlanGroup(string deviceKind, string arithmetic)
{
    public string DeviceKind { get; } = deviceKind;

    public string Arithmetic { get; } = arithmetic;

    /// <summary>Not held by anyone and without a run, in the order of their ids.</summary>
    public List<WorkerOffer> Idle { get; } = [];

    /// <summary>All living workers of the group, held or not.</summary>
    public required IReadOnlyList<WorkerOffer> Workers { get; init; }

    public int Size => Workers.Count;

    /// <summary>Held by an experiment that gives them up, or given up and about to drop their run.</summary>
    public int Leaving { get; set; }

    /// <summary>Somebody waits for this group's workers: they are not for growing.</summary>
    public bool Reserved { get; set; }

    public bool Fits(ExperimentDemand demand)
        => (demand.DeviceKind.Length == 0 || demand.DeviceKind == DeviceKind) && (demand.Arithmetic.Length == 0 || demand.Arithmetic == Arithmetic);
}
