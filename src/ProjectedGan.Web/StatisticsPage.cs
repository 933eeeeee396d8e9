namespace ProjectedGan.Web;

/// <summary>Curves as they are sent.</summary>
/// <param name="Sequence">The last event that is in them; the stream goes on behind it.</param>
/// <param name="Count">Points before thinning.</param>
/// <param name="Images">Images seen, one a point.</param>
/// <param name="Seconds">Training time, one a point.</param>
/// <param name="Series">Values by name, one a point; null where a value was no finite number.</param>
internal sealed record StatisticsPage(long Sequence, int Count, long[] Images, double[] Seconds, Dictionary<string, double?[]> Series);
