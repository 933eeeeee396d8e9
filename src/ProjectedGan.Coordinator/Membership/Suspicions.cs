using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Membership;

/// <summary>What the members of the current epoch hold against each other, and what follows from it.</summary>
internal sealed class Suspicions
{
    private readonly MembershipChange _change;
    private readonly WorkerSight _sight;
    private readonly List<(string By, Suspicion Suspicion)> _all = [];
    private readonly string[] _order;

    public Suspicions(MembershipChange change, WorkerSight sight)
    {
        (_change, _sight) = (change, sight);
        var record = change.Record;
        _order = [.. record.Members.Select(member => member.Worker)];
        if (record.Phase != EpochPhase.Training)
        {
            return;
        }

        foreach (var by in _order)
        {
            if (sight.Status(by) is { } status && status.Epoch == record.Epoch)
            {
                _all.AddRange(status.Suspicions.Where(suspicion => (suspicion.Worker != by || suspicion.Kind == SuspicionKind.NonFinite) && record.IsMember(suspicion.Worker)).Select(suspicion => (by, suspicion)));
            }
        }
    }

    /// <summary>Acts on them.</summary>
    /// <returns>Why the epoch has to end; null when it goes on.</returns>
    public (EpochEnd End, string Reason)? Judge()
    {
        (EpochEnd, string)? verdict = null;
        foreach ((var worker, var strikes) in Strikes())
        {
            if (strikes >= _change.Options.StrikesBeforeExpulsion && Holds(worker))
            {
                var reason = $"It sent or received damaged or non-finite data {strikes} times.";
                _change.Exclude(worker, DateTimeOffset.MaxValue, reason);
                _change.Release(worker, "expelled", reason);
                verdict = (EpochEnd.Expelled, $"Worker {worker} was expelled. {reason}");
            }
        }

        if (verdict is null && _all.Find(entry => entry.Suspicion.Kind == SuspicionKind.Checksum) is { Suspicion: not null } damaged)
        {
            verdict = (EpochEnd.Checksum, $"Worker {damaged.By} received damaged data from {damaged.Suspicion.Worker}.");
        }

        return JudgeUnreachable() ?? verdict;
    }

    /// <summary>Remembers what the present epoch's members hold against each other, for it ends.</summary>
    public void Keep()
    {
        var record = _change.Record;
        if (NonFinite() is var (worker, strikes))
        {
            record = record with { Strikes = record.Strikes.SetItem(worker, record.Strikes.GetValueOrDefault(worker) + strikes) };
        }

        _change.Record = record with { Damage = [.. Damage()] };
    }

    private (EpochEnd, string)? JudgeUnreachable()
    {
        // One that the coordinator does not hear either is about to be lost, and its peers are right to complain.
        List<(string By, string About)> complaints = [.. Complaints(SuspicionKind.Unreachable).Where(complaint => IsBroken(complaint.About) || IsHeard(complaint.About))];
        if (complaints.Count == 0 || !IsRipe(complaints))
        {
            return null;
        }

        var blamed = complaints.Find(complaint => IsBroken(complaint.About)).About ?? Blame.Find(complaints, _order);
        var reason = complaints.Exists(complaint => complaint.About == blamed)
            ? $"It could not be reached by {string.Join(", ", complaints.Where(complaint => complaint.About == blamed).Select(complaint => complaint.By))}."
            : $"It could not reach {string.Join(", ", complaints.Where(complaint => complaint.By == blamed).Select(complaint => complaint.About))}.";
        if (Detail(blamed) is { } detail)
        {
            reason = $"{reason} {detail.TrimEnd('.')}.";
        }

        if (Holds(blamed))
        {
            _change.CoolDown(blamed, reason);
        }

        return (EpochEnd.Unreachable, $"Worker {blamed}: {reason}");
    }

    // Where it was looked for and what answered: without it nobody knows what to mend. Its accusers know better than itself.
    private string? Detail(string blamed) => _all
        .Where(entry => entry.Suspicion is { Kind: SuspicionKind.Unreachable, Detail.Length: > 0 } && (entry.By == blamed || entry.Suspicion.Worker == blamed))
        .OrderByDescending(entry => entry.Suspicion.Worker == blamed)
        .Select(entry => entry.Suspicion.Detail)
        .FirstOrDefault();

    // The others' complaints come a moment after the first one's; a broken stream of an accused says enough.
    private bool IsRipe(List<(string By, string About)> complaints)
    {
        var first = complaints.Min(complaint => _sight.Of(complaint.By)?.SuspiciousSince ?? _change.Now);
        return _change.Now - first >= _change.Options.SuspicionWindow
            || complaints.Exists(complaint => IsBroken(complaint.About))
            || complaints.Select(complaint => complaint.By).Distinct(StringComparer.Ordinal).Count() >= _order.Length;
    }

    private bool IsBroken(string worker) => _sight.Of(worker) is { Registration: not null, Connected: false };

    private bool IsHeard(string worker) => _sight.Of(worker) is { Registration: not null } seen && _change.Now - seen.LastHeard < _change.Options.HeartbeatInterval * 2.5;

    // Of all epochs. Damage is judged over all of them together: of one message nobody knows whether it was damaged where it came from, on
    // its way or where it arrived, but one whose memory or network is bad has such trouble with everybody.
    private Dictionary<string, int> Strikes()
    {
        var strikes = new Dictionary<string, int>(StringComparer.Ordinal);
        if (NonFinite() is var (worker, now))
        {
            strikes[worker] = now + _change.Record.Strikes.GetValueOrDefault(worker);
        }

        DamageReport[] damage = [.. Damage()];
        HashSet<string> often = [.. damage.SelectMany(report => new[] { report.By, report.About }).Where(party => Strikes(damage, party) >= _change.Options.StrikesBeforeExpulsion)];
        if (often.Count > 0)
        {
            var blamed = Blame.Find([.. damage.Select(report => (report.By, report.About))], _order, often);
            strikes[blamed] = strikes.GetValueOrDefault(blamed) + Strikes(damage, blamed);
        }

        return strikes;
    }

    // Two that complain of one in the same epoch saw the same trouble.
    private static int Strikes(DamageReport[] damage, string worker)
        => damage.Where(report => report.Concerns(worker)).GroupBy(report => report.Epoch).Sum(epoch => epoch.Max(report => report.Count));

    // Of the present epoch. Non-finite data of everybody is the training's, not a worker's, fault: the others must have been heard since.
    private (string Worker, int Strikes)? NonFinite()
    {
        (string By, Suspicion Suspicion)[] complaints = [.. _all.Where(entry => entry.Suspicion.Kind == SuspicionKind.NonFinite)];
        if (_order.Length == 1 || complaints.Select(entry => entry.Suspicion.Worker).Distinct(StringComparer.Ordinal).Count() != 1)
        {
            return null;
        }

        var since = complaints.Min(entry => _sight.Of(entry.By)?.SuspiciousSince ?? _change.Now);
        return _order.All(member => _sight.Of(member) is { } seen && seen.LastHeard - since >= _change.Options.SuspicionWindow)
            ? (complaints[0].Suspicion.Worker, complaints.Max(entry => Math.Max(entry.Suspicion.Count, 1))) : null;
    }

    // What is known of those who left is no evidence any more: whoever is left of a pair would be blamed for the other.
    private IEnumerable<DamageReport> Damage()
        => _change.Record.Damage.Concat(_all.Where(entry => entry.Suspicion.Kind == SuspicionKind.Checksum)
                .Select(entry => new DamageReport { Epoch = _change.Record.Epoch, By = entry.By, About = entry.Suspicion.Worker, Count = Math.Max(entry.Suspicion.Count, 1) }))
            .Where(report => Holds(report.By) && Holds(report.About));

    private List<(string By, string About)> Complaints(SuspicionKind kind)
        => [.. _all.Where(entry => entry.Suspicion.Kind == kind).Select(entry => (entry.By, entry.Suspicion.Worker))];

    private bool Holds(string worker) => _change.Record.Workers.Any(held => held.Worker == worker);
}

/// <summary>Decides who is at fault when workers complain about each other.</summary>
internal static class Blame
{
    /// <summary>
    /// The worker that has trouble with the most others, accused or accusing: one whose own network or memory is bad accuses everybody. On a
    /// tie the one that is accused more often, then the one with the highest first replica.
    /// </summary>
    /// <param name="complaints">Who accuses whom.</param>
    /// <param name="order">All members in the order of replicas.</param>
    /// <param name="among">Who may be blamed; null for all of whom the complaints speak.</param>
    public static string Find(IReadOnlyCollection<(string By, string About)> complaints, IReadOnlyList<string> order, IReadOnlySet<string>? among = null)
        => complaints.SelectMany(complaint => new[] { complaint.By, complaint.About }).Distinct(StringComparer.Ordinal).Where(worker => among?.Contains(worker) ?? true)
            .OrderByDescending(worker => complaints.Where(complaint => complaint.By == worker || complaint.About == worker)
                .Select(complaint => complaint.By == worker ? complaint.About : complaint.By).Distinct(StringComparer.Ordinal).Count())
            .ThenByDescending(worker => complaints.Where(complaint => complaint.About == worker).Select(complaint => complaint.By).Distinct(StringComparer.Ordinal).Count())
            .ThenByDescending(worker => IndexOf(order, worker))
            .First();

    private static int IndexOf(IReadOnlyList<string> order, string worker)
    {
        for (var index = 0; index < order.Count; index++)
        {
            if (order[index] == worker)
            {
                return index;
            }
        }

        return -1;
    }
}
