using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.Transport;
using ProjectedGan.Tensors;

namespace ProjectedGan.AllReduce.Tests.Support;

/// <summary>Sums on all workers, compared with one worker's.</summary>
internal static class Sums
{
    public static async Task AssertEqualAsync(IReadOnlyList<CollectiveSession> sessions, Replicas values, params IReadOnlyList<ReductionKey> keys)
    {
        var expected = values.Expected();
        await Task.WhenAll(sessions.Select(session => Task.Run(() =>
        {
            var hosted = session.Group.Members[session.Group.SelfIndex].Replicas;
            foreach (var sum in keys.Select(key => session.Submit(key, values.Partials(hosted))).ToArray())
            {
                Assert.True(expected.AsSpan().SequenceEqual(TensorBytes.Span(sum.Wait(CancellationToken.None))), $"{hosted}");
            }
        }))).Within($"{keys.Count} sums of {sessions.Count} workers");
    }
}
