namespace ProjectedGan.Coordinator.Scheduling;

/// <summary>Says why an experiment waits.</summary>
internal static class PlanReasons
{
    public static string Describe(PlanSeat seat, int lacking, int idle, IReadOnlyList<PlanGroup> fitting)
    {
        ExperimentDemand demand = seat.Demand;
        string kind = demand.DeviceKind.Length == 0 ? "" : demand.DeviceKind + " ";
        int most = fitting.Count == 0 ? 0 : fitting.Max(group => group.Size);
        string wanted = seat.Count == 0 ? $"Waits for {lacking} {kind}worker{(lacking == 1 ? "" : "s")}" : $"Waits for {lacking} more {kind}worker{(lacking == 1 ? "" : "s")} ({seat.Count} of {demand.MinWorkers} there)";
        if (most == 0)
        {
            return demand.Arithmetic.Length > 0
                ? $"{wanted} of the arithmetic that it began with; none is connected."
                : $"{wanted}; none is connected.";
        }

        return Excluded(seat, fitting, most < demand.MinWorkers
            ? $"{wanted}; only {most} of one kind and arithmetic {(most == 1 ? "is" : "are")} connected, and it needs {demand.MinWorkers}."
            : $"{wanted}; {idle} of {most} {(idle == 1 ? "is" : "are")} free for it.");
    }

    // Workers are there and idle, and it waits all the same: their failures at it say why.
    private static string Excluded(PlanSeat seat, IReadOnlyList<PlanGroup> fitting, string waits)
    {
        ExcludedWorker[] excluded = [.. fitting.SelectMany(seat.ExcludedOf)];
        if (excluded.Length == 0)
        {
            return waits;
        }

        string last = excluded[^1].Reason.Length == 0 ? excluded[^1].Worker : $"{excluded[^1].Worker} ({excluded[^1].Reason.TrimEnd('.')})";
        return $"{waits} It does not take {(excluded.Length == 1 ? "" : $"{excluded.Length} of them, the last of which is ")}{last}.";
    }
}
