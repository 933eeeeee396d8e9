using System.Collections.Immutable;

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
