namespace ProjectedGan.Coordinator.Membership;

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
        for (int index = 0; index < order.Count; index++)
        {
            if (order[index] == worker)
            {
                return index;
            }
        }

        return -1;
    }
}
