using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Scheduling;

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
