using ProjectedGan.Coordination.Experiments;
using ProjectedGan.Coordination.Workers;

namespace ProjectedGan.Coordination.Membership;

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
        ExperimentRecord record = change.Record;
        _order = [.. record.Members.Select(member => member.Worker)];
        if (record.Phase != EpochPhase.Training)
        {
            return;
        }

        foreach (string by in _order)
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
        foreach ((string worker, int strikes) in Strikes())
        {
            if (_change.Record.Strikes.GetValueOrDefault(worker) + strikes >= _change.Options.StrikesBeforeExpulsion && Holds(worker))
            {
                string reason = $"It sent damaged or non-finite data {_change.Record.Strikes.GetValueOrDefault(worker) + strikes} times.";
                _change.Exclude(worker, DateTimeOffset.MaxValue);
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

    /// <summary>Remembers the present epoch's strikes, for it ends.</summary>
    public void Keep()
    {
        foreach ((string worker, int strikes) in Strikes())
        {
            _change.Record = _change.Record with { Strikes = _change.Record.Strikes.SetItem(worker, _change.Record.Strikes.GetValueOrDefault(worker) + strikes) };
        }
    }

    private (EpochEnd, string)? JudgeUnreachable()
    {
        // One that the coordinator does not hear either is about to be lost, and its peers are right to complain.
        List<(string By, string About)> complaints = [.. Complaints(SuspicionKind.Unreachable).Where(complaint => IsBroken(complaint.About) || IsHeard(complaint.About))];
        if (complaints.Count == 0 || !IsRipe(complaints))
        {
            return null;
        }

        string blamed = complaints.Find(complaint => IsBroken(complaint.About)).About ?? Blame.Find(complaints, _order);
        string reason = complaints.Exists(complaint => complaint.About == blamed)
            ? $"It could not be reached by {string.Join(", ", complaints.Where(complaint => complaint.About == blamed).Select(complaint => complaint.By))}."
            : $"It could not reach {string.Join(", ", complaints.Where(complaint => complaint.By == blamed).Select(complaint => complaint.About))}.";
        if (Holds(blamed))
        {
            _change.CoolDown(blamed, reason);
        }

        return (EpochEnd.Unreachable, $"Worker {blamed}: {reason}");
    }

    // The others' complaints come a moment after the first one's; a broken stream of an accused says enough.
    private bool IsRipe(List<(string By, string About)> complaints)
    {
        DateTimeOffset first = complaints.Min(complaint => _sight.Of(complaint.By)?.SuspiciousSince ?? _change.Now);
        return _change.Now - first >= _change.Options.SuspicionWindow
            || complaints.Exists(complaint => IsBroken(complaint.About))
            || complaints.Select(complaint => complaint.By).Distinct(StringComparer.Ordinal).Count() >= _order.Length;
    }

    private bool IsBroken(string worker) => _sight.Of(worker) is { Registration: not null, Connected: false };

    private bool IsHeard(string worker) => _sight.Of(worker) is { Registration: not null } seen && _change.Now - seen.LastHeard < _change.Options.HeartbeatInterval * 2.5;

    // Non-finite data of everybody is the training's, not a worker's, fault.
    private Dictionary<string, int> Strikes()
    {
        var strikes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (SuspicionKind kind in new[] { SuspicionKind.Checksum, SuspicionKind.NonFinite })
        {
            List<(string By, string About)> complaints = Complaints(kind);
            bool oneIsAccused = complaints.Select(complaint => complaint.About).Distinct(StringComparer.Ordinal).Count() == 1;
            if (complaints.Count == 0 || (kind == SuspicionKind.NonFinite && !oneIsAccused))
            {
                continue;
            }

            string blamed = kind == SuspicionKind.NonFinite ? complaints[0].About : Blame.Find(complaints, _order);
            int count = _all.Where(entry => entry.Suspicion.Kind == kind && (entry.By == blamed || entry.Suspicion.Worker == blamed)).Max(entry => Math.Max(entry.Suspicion.Count, 1));
            strikes[blamed] = strikes.GetValueOrDefault(blamed) + count;
        }

        return strikes;
    }

    private List<(string By, string About)> Complaints(SuspicionKind kind)
        => [.. _all.Where(entry => entry.Suspicion.Kind == kind).Select(entry => (entry.By, entry.Suspicion.Worker))];

    private bool Holds(string worker) => _change.Record.Workers.Any(held => held.Worker == worker);
}
