using CsCheck;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Scheduling;

namespace ProjectedGan.Coordinator.Tests.Scheduling;

public class SchedulePlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Idle_AllGoToTheOnlyExperimentUpToItsMaximum()
    {
        var plan = Plan([Demand("a", min: 1, max: 3)], Workers(5));
        Assert.Equal("a:w0,w1,w2", Grants(plan));
        Assert.Empty(plan.Shrinks);
        Assert.Empty(plan.Reasons);
    }

    [Fact]
    public void Gang_BelowItsMinimumGetsNothingAndSaysWhy()
    {
        var plan = Plan([Demand("a", min: 4)], Workers(3));
        Assert.Empty(plan.Grants);
        Assert.Equal("Waits for 4 workers; only 3 of one kind and arithmetic are connected, and it needs 4.", plan.Reasons["a"]);
    }

    [Fact]
    public void Gang_ThatDoesNotFitLetsASmallerOneStart()
    {
        var plan = Plan([Demand("a", min: 4, age: 2), Demand("b", min: 1, max: 1, age: 1)], Workers(3));
        Assert.Equal("b:w0", Grants(plan));
    }

    [Fact]
    public void Gang_ThatWaitedForLongKeepsItsWorkers()
    {
        var plan = Plan([Demand("a", min: 4, age: 6), Demand("b", min: 1, max: 1, age: 1), Demand("c", max: 1, age: 9, held: ["w3"])], Workers(4));
        Assert.Empty(plan.Grants);
        Assert.Empty(plan.Shrinks);
    }

    [Fact]
    public void Gang_LargerThanItsClusterHoldsUpNobody()
    {
        var plan = Plan([Demand("a", min: 4, age: 6), Demand("b", age: 1, max: 2)], Workers(3));
        Assert.Equal("b:w0,w1", Grants(plan));

        // Large enough, but for one that it does not take.
        var excluding = Demand("a", min: 4, age: 6) with { Excluded = [new() { Worker = "w3", Until = DateTimeOffset.MaxValue }] };
        Assert.Equal("b:w0,w1", Grants(Plan([excluding, Demand("b", age: 1, max: 2)], Workers(4))));
        Assert.Empty(Plan([excluding, Demand("b", age: 1, held: ["w0", "w1", "w2", "w3"])], Workers(4)).Shrinks);
    }

    [Fact]
    public void Gang_ThatWaitedForLongKeepsWorkersWhereItCanFit()
    {
        // Two of the one arithmetic are idle, but only the other one has three.
        WorkerOffer[] workers = [Worker("x0", "cpu", "x"), Worker("x1", "cpu", "x"), .. Enumerable.Range(0, 3).Select(index => Worker($"y{index}", "cpu", "y"))];
        ExperimentDemand[] busy = [Demand("c", max: 1, age: 9, held: ["y1"]), Demand("d", max: 1, age: 9, held: ["y2"])];
        Assert.Equal("b:x0,x1", Grants(Plan([Demand("a", min: 3, age: 6), Demand("b", age: 1), .. busy], workers)));
    }

    [Fact]
    public void Priority_GoesFirstWhateverTheAge()
    {
        var plan = Plan([Demand("a", min: 2, age: 3), Demand("b", min: 2, priority: 5, age: 1)], Workers(2));
        Assert.Equal("b:w0,w1", Grants(plan));
    }

    [Fact]
    public void Users_WithFewerWorkersGoFirst()
    {
        var plan = Plan(
            [Demand("a", user: "ann", min: 2, max: 2, held: ["w0", "w1"]), Demand("b", user: "ann", min: 1, max: 1, age: 3), Demand("c", user: "bob", min: 1, max: 1, age: 1)],
            Workers(3));
        Assert.Equal("c:w2", Grants(plan));
    }

    [Fact]
    public void Users_TakeTurnsWithinOnePlan()
    {
        var plan = Plan(
            [Demand("a1", user: "ann", max: 1, age: 9), Demand("a2", user: "ann", max: 1, age: 8), Demand("a3", user: "ann", max: 1, age: 7), Demand("b1", user: "bob", max: 1, age: 1)],
            Workers(3));
        Assert.Equal("a1:w0 a2:w2 b1:w1", Grants(plan));
    }

    [Fact]
    public void Growth_IsEvenAndRespectsPriority()
    {
        Assert.Equal("a:w0,w2 b:w1,w3", Grants(Plan([Demand("a", age: 2), Demand("b", user: "bob", age: 1)], Workers(4))));
        Assert.Equal("a:w1 b:w0,w2,w3", Grants(Plan([Demand("a", age: 2), Demand("b", user: "bob", priority: 1, age: 1)], Workers(4))));
    }

    [Fact]
    public void Elastic_ShrinksForAQueuedOneAndGrowsNotMeanwhile()
    {
        var running = Demand("a", min: 1, held: ["w0", "w1", "w2", "w3"]);
        var plan = Plan([running, Demand("b", user: "bob", min: 3)], Workers(5));
        Assert.Empty(plan.Grants);
        Assert.Equal("a:w3,w2", Shrinks(plan));

        // The plan while they leave: nothing more is asked, and the idle one is kept.
        var next = Plan([running with { Workers = ["w0", "w1"], Leaving = ["w2", "w3"] }, Demand("b", user: "bob", min: 3)], Workers(5));
        Assert.Empty(next.Grants);
        Assert.Empty(next.Shrinks);

        var last = Plan([running with { Workers = ["w0", "w1"] }, Demand("b", user: "bob", min: 3)], Workers(5));
        Assert.Equal("b:w2,w3,w4", Grants(last));
        Assert.Empty(last.Shrinks);
    }

    [Fact]
    public void Elastic_OfHigherPriorityKeepsWhatItHas()
    {
        var plan = Plan([Demand("a", min: 1, priority: 1, held: ["w0", "w1"]), Demand("b", user: "bob")], Workers(2));
        Assert.Empty(plan.Shrinks);
        Assert.Empty(plan.Grants);
    }

    [Fact]
    public void Waiting_TwoBelowTheirMinimumDoNotBlockEachOther()
    {
        var plan = Plan([Demand("a", min: 2, age: 2, held: ["w0"]), Demand("b", user: "bob", min: 2, age: 1, held: ["w1"])], Workers(2));
        Assert.Equal("b:w1", Shrinks(plan));
    }

    [Fact]
    public void Waiting_WithTooFewConnectedGivesItsWorkersBackAfterAWhile()
    {
        ExperimentDemand[] demands = [Demand("a", min: 3, age: 9, priority: 5, held: ["w0"]), Demand("b", user: "bob", min: 2, age: 1)];
        var plan = Plan(demands, Workers(2));
        Assert.Equal("a", Assert.Single(plan.Stranded));
        Assert.Empty(plan.Shrinks);
        Assert.Empty(Plan(demands, Workers(2), "a", minutes: 4).Shrinks);
        Assert.Equal("a:w0", Shrinks(Plan(demands, Workers(2), "a", minutes: 5)));

        // Nobody gains by it.
        Assert.Empty(Plan([demands[0], Demand("b", min: 4)], Workers(2), "a", minutes: 5).Shrinks);
        Assert.Empty(Plan([demands[0] with { DeviceKind = "cpu" }, Demand("b") with { DeviceKind = "cuda" }], Workers(1), "a", minutes: 5).Shrinks);

        // Enough are connected, though others have them.
        var busy = Demand("c", min: 2, max: 2, held: ["w1", "w2"]);
        plan = Plan([demands[0], Demand("b"), busy], Workers(3), "a", minutes: 5);
        Assert.Empty(plan.Stranded);
        Assert.Empty(plan.Shrinks);
        var excluding = demands[0] with { Excluded = [new() { Worker = "w1", Until = DateTimeOffset.MaxValue }] };
        Assert.Equal("a", Assert.Single(Plan([excluding, busy], Workers(3)).Stranded));
    }

    [Fact]
    public void Kinds_AreNotMixed()
    {
        var workers = new[] { Worker("g0", "cuda", "x"), Worker("g1", "cuda", "y"), Worker("c0", "cpu", "x"), Worker("c1", "cpu", "x") };
        Assert.Equal("a:c0,c1", Grants(Plan([Demand("a", min: 2)], workers)));
        var plan = Plan([Demand("a", min: 2) with { DeviceKind = "cuda" }], workers);
        Assert.Empty(plan.Grants);
        Assert.Equal("Waits for 2 cuda workers; only 1 of one kind and arithmetic is connected, and it needs 2.", plan.Reasons["a"]);
        // A run that has begun stays with its arithmetic.
        Assert.Equal("a:g1", Grants(Plan([Demand("a") with { Arithmetic = "y" }], workers)));
        Assert.Equal("a:c0", Grants(Plan([Demand("a", max: 2, held: ["c1"])], workers)));
    }

    [Fact]
    public void Excluded_IsNotGivenUntilItsTimeIsOver()
    {
        var demand = Demand("a", max: 2) with { Excluded = [new() { Worker = "w0", Until = Now.AddSeconds(1) }, new() { Worker = "w1", Until = Now }] };
        Assert.Equal("a:w1", Grants(Plan([demand], Workers(2))));
    }

    [Fact]
    public void Excluded_IsPartOfTheReason()
    {
        ExcludedWorker failed = new() { Worker = "w1", Until = DateTimeOffset.MaxValue, Reason = "No memory." };
        ExcludedWorker[] others = [new() { Worker = "w0", Until = DateTimeOffset.MaxValue }, failed, new() { Worker = "gone", Until = DateTimeOffset.MaxValue, Reason = "Its device is gone." }];
        Assert.Equal("Waits for 2 workers; 1 of 2 is free for it. It does not take w1 (No memory).", Plan([Demand("a", min: 2) with { Excluded = [failed] }], Workers(2)).Reasons["a"]);
        Assert.Equal("Waits for 1 worker; 0 of 2 are free for it. It does not take 2 of them, the last of which is w1 (No memory).", Plan([Demand("a") with { Excluded = [.. others] }], Workers(2)).Reasons["a"]);
        Assert.Equal("Waits for 1 worker; 0 of 1 are free for it. It does not take w0.", Plan([Demand("a") with { Excluded = [.. others] }], Workers(1)).Reasons["a"]);
    }

    [Fact]
    public void Run_ThatAFreeWorkerStillHas_IsDroppedFirstWhileNobodyShrinks()
    {
        ExperimentDemand[] demands = [Demand("a", min: 2, age: 1), Demand("b", max: 2, held: ["w2", "w3"])];
        var workers = Workers(4);
        var plan = Plan(demands, [workers[0], workers[1] with { HasRun = true }, .. workers[2..]]);
        Assert.Empty(plan.Grants);
        Assert.Empty(plan.Shrinks);
        Assert.Equal("a:w0,w1", Grants(Plan(demands, workers)));
    }

    [Fact]
    public void Paused_HoldersAreCountedButGetNothing()
    {
        var plan = Plan([Demand("a", held: ["w0"]) with { Wants = false }], Workers(3));
        Assert.Empty(plan.Grants);
        Assert.Empty(plan.Shrinks);
    }

    [Fact]
    public void AnyKnowledge_PlansKeepTheRules() => AnyCluster.Sample(cluster =>
    {
        var plan = Plan(cluster.Demands, cluster.Workers);
        string[] given = [.. plan.Grants.SelectMany(grant => grant.Workers).Select(worker => worker.Worker)];
        Assert.Equal(given.Length, given.Distinct().Count());
        Assert.Empty(given.Intersect(cluster.Demands.SelectMany(demand => demand.Workers)));
        foreach (var grant in plan.Grants)
        {
            ExperimentDemand demand = cluster.Demands.Single(demand => demand.Experiment == grant.Experiment);
            Assert.DoesNotContain(plan.Shrinks, shrink => shrink.Experiment == grant.Experiment);
            WorkerOffer[] after = [.. cluster.Workers.Where(worker => demand.Workers.Contains(worker.Worker)), .. grant.Workers];
            Assert.InRange(after.Length, demand.MinWorkers, demand.MaxWorkers);
            Assert.Single(after.Select(worker => (worker.DeviceKind, worker.Arithmetic)).Distinct());
        }

        foreach (var shrink in plan.Shrinks)
        {
            ExperimentDemand demand = cluster.Demands.Single(demand => demand.Experiment == shrink.Experiment);
            Assert.Empty(shrink.Workers.Select(worker => worker.Worker).Except(demand.Workers));
        }
    });

    [Fact]
    public void AnyKnowledge_InAnyOrder_MakesTheSamePlan() => Gen.Select(AnyCluster, Gen.Int).Sample((cluster, seed) =>
    {
        ExperimentDemand[] demands = [.. cluster.Demands];
        WorkerOffer[] workers = [.. cluster.Workers];
        Random random = new(seed);
        random.Shuffle(demands);
        random.Shuffle(workers);

        SchedulePlan plan = Plan(cluster.Demands, cluster.Workers), other = Plan(demands, workers);

        Assert.Equal((Grants(plan), Shrinks(plan)), (Grants(other), Shrinks(other)));
        Assert.Equal(plan.Reasons.OrderBy(reason => reason.Key), other.Reasons.OrderBy(reason => reason.Key));
    });

    // Up to six experiments and twelve workers of up to four groups; who holds workers holds them of its own group, and no more than it takes.
    private static Gen<(ExperimentDemand[] Demands, WorkerOffer[] Workers)> AnyCluster =>
        from groups in Gen.Int[0, 3].Array[0, 12]
        from holders in Gen.Int[-1, 5].Array[groups.Length]
        from wishes in Gen.Select(Gen.Int[1, 5], Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[0, 10], Gen.Int[0, 3]).Array[0, 6]
        select Cluster(groups, holders, wishes);

    private static (ExperimentDemand[] Demands, WorkerOffer[] Workers) Cluster(int[] groups, int[] holders, (int Min, int More, int Priority, int Age, int Group)[] wishes)
    {
        WorkerOffer[] workers = [.. groups.Select((group, index) => Worker($"w{index:D2}", Kind(group), Arithmetic(group)))];
        ExperimentDemand[] demands = [.. wishes.Select((wish, index) =>
        {
            string[] held = [.. workers.Where((_, place) => holders[place] == index && groups[place] == wish.Group).Take(wish.Min + wish.More).Select(worker => worker.Worker)];
            var demand = Demand($"e{index}", user: $"u{index % 3}", min: wish.Min, max: wish.Min + wish.More, priority: wish.Priority, age: wish.Age, held: held);
            return held.Length == 0 ? demand : demand with { DeviceKind = Kind(wish.Group), Arithmetic = Arithmetic(wish.Group) };
        })];
        return (demands, workers);

        static string Kind(int group) => group < 2 ? "cpu" : "cuda";
        static string Arithmetic(int group) => group % 2 == 0 ? "x" : "y";
    }

    private static SchedulePlan Plan(ExperimentDemand[] demands, WorkerOffer[] workers, string stranded = "", int minutes = 0) => SchedulePlan.Make(
        demands, workers, new PlanOptions(Now, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5), new Dictionary<string, DateTimeOffset> { [stranded] = Now.AddMinutes(-minutes) }));

    private static ExperimentDemand Demand(string id, string user = "ann", int min = 1, int max = 8, int priority = 0, int age = 0, string[]? held = null) => new()
    {
        Experiment = id,
        User = user,
        Priority = priority,
        Wants = true,
        QueuedSince = Now.AddMinutes(-age),
        MinWorkers = min,
        MaxWorkers = max,
        Workers = [.. held ?? []],
    };

    private static WorkerOffer[] Workers(int count) => [.. Enumerable.Range(0, count).Select(index => Worker($"w{index}", "cpu", "x"))];

    private static WorkerOffer Worker(string id, string kind, string arithmetic) => new() { Worker = id, Address = $"http://{id}", DeviceKind = kind, Arithmetic = arithmetic };

    private static string Grants(SchedulePlan plan) => Text(plan.Grants);

    private static string Shrinks(SchedulePlan plan) => Text(plan.Shrinks);

    private static string Text(IEnumerable<WorkerGrant> grants)
        => string.Join(' ', grants.OrderBy(grant => grant.Experiment).Select(grant => $"{grant.Experiment}:{string.Join(',', grant.Workers.Select(worker => worker.Worker))}"));
}
