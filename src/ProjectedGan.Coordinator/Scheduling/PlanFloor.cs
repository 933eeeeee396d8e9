using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Scheduling;

/// <summary>The state of a plan in the making; see <see cref="SchedulePlan"/> for the rules and their numbers.</summary>
internal sealed class PlanFloor
{
    private readonly PlanOptions _options;
    private readonly List<PlanGroup> _groups = [];
    private readonly List<PlanSeat> _seats;
    private readonly Dictionary<string, int> _heldByUser = new(StringComparer.Ordinal);

    public PlanFloor(IReadOnlyCollection<ExperimentDemand> demands, IReadOnlyCollection<WorkerOffer> workers, PlanOptions options)
    {
        _options = options;
        var known = workers.ToDictionary(worker => worker.Worker, StringComparer.Ordinal);
        _seats = [.. demands.OrderBy(demand => demand.QueuedSince).ThenBy(demand => demand.Experiment, StringComparer.Ordinal)
            .Select(demand => new PlanSeat(demand, demand.Workers.Where(known.ContainsKey).Select(worker => known[worker]), options.Now))];
        HashSet<string> held = [.. demands.SelectMany(demand => demand.Workers)];
        HashSet<string> leaving = [.. demands.SelectMany(demand => demand.Leaving)];
        foreach (var group in workers.GroupBy(worker => (worker.DeviceKind, worker.Arithmetic)).OrderBy(group => group.Key))
        {
            WorkerOffer[] free = [.. group.Where(worker => !held.Contains(worker.Worker) && !leaving.Contains(worker.Worker)).OrderBy(worker => worker.Worker, StringComparer.Ordinal)];
            // One that came back to its experiment with the state of before could be ahead of what is trained again by then, and the iterations
            // between would count as those of the epoch that it joins.
            var floor = new PlanGroup(group.Key.DeviceKind, group.Key.Arithmetic)
            {
                Workers = [.. group],
                Leaving = group.Count(worker => leaving.Contains(worker.Worker)) + free.Count(worker => worker.HasRun),
            };
            floor.Idle.AddRange(free.Where(worker => !worker.HasRun));
            _groups.Add(floor);
        }

        foreach (var seat in _seats)
        {
            seat.Group = seat.Held.Count == 0 ? null : _groups.Find(group => group.DeviceKind == seat.Held[0].DeviceKind && group.Arithmetic == seat.Held[0].Arithmetic);
            _heldByUser[seat.Demand.User] = HeldBy(seat) + seat.Count;
        }
    }

    /// <summary>1 and 2: experiments below their minimum.</summary>
    public void Start()
    {
        List<PlanSeat> waiting = [.. _seats.Where(seat => seat.IsBelowMinimum)];
        while (waiting.Count > 0)
        {
            // Who starts changes what users hold, so the order is taken anew after each. The list is in the order of age.
            var next = waiting.MinBy(seat => (-seat.Demand.Priority, HeldBy(seat)))!;
            waiting.Remove(next);
            // One that was just asked to give way waits for the next plan.
            if (next.Shrunk.Count == 0 && !TryStart(next))
            {
                MakeRoom(next, waiting);
            }
        }
    }

    /// <summary>3: what is left.</summary>
    public void Grow()
    {
        List<PlanSeat> growing = [.. _seats.Where(seat => seat.Demand.Wants && !seat.IsBelowMinimum && seat.Group is { Reserved: false, Idle.Count: > 0 } && seat.Count < seat.Demand.MaxWorkers && seat.Shrunk.Count == 0)];
        while (growing.Count > 0)
        {
            var next = growing.MinBy(seat => (-seat.Demand.Priority, HeldBy(seat), seat.Count))!;
            var worker = next.Group!.Idle.Find(next.Takes);
            if (worker is null)
            {
                growing.Remove(next);
                continue;
            }

            Give(next, next.Group, worker);
            if (next.Count >= next.Demand.MaxWorkers)
            {
                growing.Remove(next);
            }
        }
    }

    public ImmutableArray<WorkerGrant> Grants()
        => [.. _seats.Where(seat => seat.Granted.Count > 0).Select(seat => new WorkerGrant(seat.Demand.Experiment, [.. seat.Granted]))];

    public ImmutableArray<WorkerGrant> Shrinks()
        => [.. _seats.Where(seat => seat.Shrunk.Count > 0).Select(seat => new WorkerGrant(seat.Demand.Experiment, [.. seat.Shrunk]))];

    /// <summary>Experiments that keep workers with which they cannot go on, however long they wait for those that are connected.</summary>
    public ImmutableArray<string> Stranded() => [.. _seats.Where(IsStranded).Select(seat => seat.Demand.Experiment)];

    public ImmutableDictionary<string, string> Reasons()
        => _seats.Where(seat => seat.Reason.Length > 0).ToImmutableDictionary(seat => seat.Demand.Experiment, seat => seat.Reason);

    private bool TryStart(PlanSeat seat)
    {
        var lacking = seat.Demand.MinWorkers - seat.Count;
        var best = Candidates(seat).Where(group => Usable(group, seat) >= lacking).MaxBy(group => Usable(group, seat));
        if (best is null)
        {
            return false;
        }

        foreach (var worker in best.Idle.Where(seat.Takes).Take(lacking).ToArray())
        {
            Give(seat, best, worker);
        }

        return true;
    }

    private void MakeRoom(PlanSeat seat, List<PlanSeat> after)
    {
        var lacking = seat.Demand.MinWorkers - seat.Count;
        // Where the workers that it could ever get are too few, nothing is kept for it and nobody shrinks: others would wait for nothing.
        var best = Candidates(seat).OrderByDescending(group => CanSuffice(group, seat, lacking))
            .ThenByDescending(group => Usable(group, seat) + group.Leaving + Victims(group, seat, after).Sum(victim => victim.Spare)).FirstOrDefault();
        seat.Reason = PlanReasons.Describe(seat, lacking, best is null ? 0 : Usable(best, seat), [.. _groups.Where(group => group.Fits(seat.Demand))]);
        if (best is null || !CanSuffice(best, seat, lacking))
        {
            return;
        }

        var coming = Usable(best, seat) + best.Leaving;
        var victims = Victims(best, seat, after);
        var suffices = coming + victims.Sum(victim => victim.Spare) >= lacking;
        if (suffices || _options.Now - seat.Demand.QueuedSince >= _options.ReserveAfter)
        {
            // Kept for it: neither later experiments nor growth take them.
            best.Reserved = true;
            best.Idle.RemoveAll(worker => seat.Takes(worker) && lacking-- > 0);
            var leaving = Math.Min(best.Leaving, Math.Max(lacking, 0));
            best.Leaving -= leaving;
            lacking -= leaving;
        }

        for (; suffices && lacking > 0; lacking--)
        {
            (var victim, _) = victims.Where(victim => victim.Spare > 0).OrderBy(victim => victim.Seat.Demand.Priority)
                .ThenByDescending(victim => HeldBy(victim.Seat)).ThenByDescending(victim => victim.Spare).First();
            victims[victims.FindIndex(entry => entry.Seat == victim)] = (victim, victims.First(entry => entry.Seat == victim).Spare - 1);
            victim.Shrink();
            _heldByUser[victim.Demand.User]--;
        }
    }

    // An experiment that has begun stays with the arithmetic it began with; one that merely prepares may not mix either.
    private IEnumerable<PlanGroup> Candidates(PlanSeat seat)
        => _groups.Where(group => group.Fits(seat.Demand) && (seat.Held.Count == 0 || seat.Group == group));

    private static bool CanSuffice(PlanGroup group, PlanSeat seat, int lacking) => group.Workers.Count(worker => seat.Takes(worker) && !seat.Held.Contains(worker)) >= lacking;

    private static int Usable(PlanGroup group, PlanSeat seat) => group.Idle.Count(seat.Takes);

    // Those above their minimum give what they have beyond it; those below it do not train anyway and give all, where they come later or have
    // been stranded for long.
    private List<(PlanSeat Seat, int Spare)> Victims(PlanGroup group, PlanSeat seat, List<PlanSeat> after)
        => [.. _seats.Where(other => other != seat && other.Group == group && other.Granted.Count == 0 && other.Held.Count > 0)
            .Select(other => (other, other.IsBelowMinimum
                ? (after.Contains(other) || GivesBack(other) ? other.Held.Count : 0)
                : (other.Demand.Priority <= seat.Demand.Priority ? Math.Min(other.Held.Count, other.Count - other.Demand.MinWorkers) : 0)))
            .Where(victim => victim.Item2 > 0)];

    private bool IsStranded(PlanSeat seat)
        => seat.IsBelowMinimum && seat.Held.Count > 0 && !Candidates(seat).Any(group => CanSuffice(group, seat, seat.Demand.MinWorkers - seat.Count));

    private bool GivesBack(PlanSeat seat)
        => IsStranded(seat) && _options.StrandedSince.TryGetValue(seat.Demand.Experiment, out var since) && _options.Now - since >= _options.GiveBackAfter;

    private void Give(PlanSeat seat, PlanGroup group, WorkerOffer worker)
    {
        group.Idle.Remove(worker);
        seat.Group = group;
        seat.Give(worker);
        _heldByUser[seat.Demand.User]++;
    }

    private int HeldBy(PlanSeat seat) => _heldByUser.GetValueOrDefault(seat.Demand.User);
}
