using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Scheduling;

/// <summary>
/// Who gets which workers. A pure function of what is known, so that the same knowledge always makes the same plan:
/// <list type="number">
/// <item>Experiments below their minimum are taken in order: larger priority, the one whose user holds the fewest workers, the oldest. Each
/// gets all that it lacks from the idle workers of one device kind and one arithmetic, or nothing.</item>
/// <item>One that does not fit is helped by those that hold more than their minimum and have no larger priority, and by those below their
/// minimum that come after it: they are asked to shrink, and the idle workers it will need are kept for it. One that has waited for long
/// keeps the idle workers of its kind from later ones even when that does not suffice. Both only where enough workers that it takes are
/// connected, held or not; one that keeps workers without that is stranded, and after a while gives them to whoever can start with them.</item>
/// <item>What is idle then goes one by one to those that can take more: larger priority, the user with the fewest workers, the
/// experiment with the fewest, the oldest.</item>
/// </list>
/// </summary>
internal sealed class SchedulePlan
{
    private SchedulePlan(PlanFloor floor) => (Grants, Shrinks, Stranded, Reasons) = (floor.Grants(), floor.Shrinks(), floor.Stranded(), floor.Reasons());

    /// <summary>Idle workers to give.</summary>
    public ImmutableArray<WorkerGrant> Grants { get; }

    /// <summary>Workers to ask back.</summary>
    public ImmutableArray<WorkerGrant> Shrinks { get; }

    /// <summary>Experiments below their minimum that keep workers although too few are connected for them.</summary>
    public ImmutableArray<string> Stranded { get; }

    /// <summary>Why experiments below their minimum wait.</summary>
    public ImmutableDictionary<string, string> Reasons { get; }

    /// <param name="demands">All experiments that hold or want workers.</param>
    /// <param name="workers">All living workers that do not drain, held or not.</param>
    /// <param name="options">The time and the rules.</param>
    public static SchedulePlan Make(IReadOnlyCollection<ExperimentDemand> demands, IReadOnlyCollection<WorkerOffer> workers, PlanOptions options)
    {
        var floor = new PlanFloor(demands, workers, options);
        floor.Start();
        floor.Grow();
        return new SchedulePlan(floor);
    }
}

/// <summary>What a plan takes into account beside experiments and workers.</summary>
/// <param name="Now">The time.</param>
/// <param name="ReserveAfter">See <see cref="CoordinationOptions.ReserveAfter"/>.</param>
/// <param name="GiveBackAfter">See <see cref="CoordinationOptions.GiveBackAfter"/>.</param>
/// <param name="StrandedSince">Since when plans have found an experiment to be stranded; one that is left out was not in the last one.</param>
internal sealed record PlanOptions(DateTimeOffset Now, TimeSpan ReserveAfter, TimeSpan GiveBackAfter, IReadOnlyDictionary<string, DateTimeOffset> StrandedSince);

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

/// <summary>Says why an experiment waits.</summary>
internal static class PlanReasons
{
    public static string Describe(PlanSeat seat, int lacking, int idle, IReadOnlyList<PlanGroup> fitting)
    {
        var demand = seat.Demand;
        var kind = demand.DeviceKind.Length == 0 ? "" : demand.DeviceKind + " ";
        var most = fitting.Count == 0 ? 0 : fitting.Max(group => group.Size);
        var wanted = seat.Count == 0 ? $"Waits for {lacking} {kind}worker{(lacking == 1 ? "" : "s")}" : $"Waits for {lacking} more {kind}worker{(lacking == 1 ? "" : "s")} ({seat.Count} of {demand.MinWorkers} there)";
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

        var last = excluded[^1].Reason.Length == 0 ? excluded[^1].Worker : $"{excluded[^1].Worker} ({excluded[^1].Reason.TrimEnd('.')})";
        return $"{waits} It does not take {(excluded.Length == 1 ? "" : $"{excluded.Length} of them, the last of which is ")}{last}.";
    }
}

/// <summary>Workers that an experiment gets or gives back.</summary>
internal sealed record WorkerGrant(string Experiment, ImmutableArray<WorkerOffer> Workers);

/// <summary>An experiment while a plan is made.</summary>
internal sealed class PlanSeat
{
    private readonly ExcludedWorker[] _excluded;

    public PlanSeat(ExperimentDemand demand, IEnumerable<WorkerOffer> held, DateTimeOffset now)
    {
        Demand = demand;
        Held.AddRange(held);
        Count = demand.Workers.Length;
        _excluded = [.. demand.Excluded.Where(excluded => excluded.Until > now)];
    }

    public ExperimentDemand Demand { get; }

    /// <summary>Workers that it keeps, in the order of replicas; those that are unknown just now are not among them.</summary>
    public List<WorkerOffer> Held { get; } = [];

    public List<WorkerOffer> Granted { get; } = [];

    public List<WorkerOffer> Shrunk { get; } = [];

    /// <summary>Workers after the plan.</summary>
    public int Count { get; private set; }

    /// <summary>Where its workers come from, once it has any.</summary>
    public PlanGroup? Group { get; set; }

    public string Reason { get; set; } = "";

    public bool IsBelowMinimum => Demand.Wants && Count < Demand.MinWorkers;

    public bool Takes(WorkerOffer worker) => !Array.Exists(_excluded, excluded => excluded.Worker == worker.Worker);

    /// <summary>Those of a group's workers that it does not take, in the order in which it gave them up.</summary>
    public IEnumerable<ExcludedWorker> ExcludedOf(PlanGroup group) => _excluded.Where(excluded => group.Workers.Any(worker => worker.Worker == excluded.Worker));

    public void Give(WorkerOffer worker)
    {
        Granted.Add(worker);
        Count++;
    }

    /// <summary>Gives up the last worker in the order of replicas.</summary>
    public void Shrink()
    {
        Shrunk.Add(Held[^1]);
        Held.RemoveAt(Held.Count - 1);
        Count--;
    }
}
