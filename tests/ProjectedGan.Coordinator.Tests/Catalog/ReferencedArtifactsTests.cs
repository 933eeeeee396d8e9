using ProjectedGan.Coordinator.Catalog;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Catalog;

public class ReferencedArtifactsTests
{
    [Fact]
    public async Task Read_FindsTheFilesOfAllExperimentsWithoutWakingOne()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        var submission = cluster.Submission() with { Dataset = File('a'), Weights = File('b'), MetricWeights = File('c') };
        var first = await cluster.SubmitAsync(submission);
        await cluster.Experiment(first).RecordSnapshotAsync("w", new SnapshotRecord { Images = 100, Iteration = 6, Weights = File('d') });
        var ended = await cluster.SubmitAsync(cluster.Submission() with { Dataset = File('e') });
        await cluster.Experiment(ended).CancelAsync("");
        var unreadable = await cluster.SubmitAsync(cluster.Submission() with { Dataset = File('f') });
        await cluster.Database.WriteAsync(
            (session, token) => session.ExecuteAsync(
                "UPDATE pgan_state SET payload = @payload WHERE grain LIKE @id AND name = 'experiment'",
                [("id", $"%{unreadable}"), ("payload", $"{{\"record\":{{\"checkpoint\":{{\"files\":[{{\"digest\":\"{new string('0', 64)}")],
                token),
            CancellationToken.None);

        var found = await new ReferencedArtifacts(cluster.Database).ReadAsync(CancellationToken.None);

        Assert.Equal("0abcdef", string.Concat(found.Select(digest => digest[0]).Order()));
        Assert.All(found, digest => Assert.Equal(64, digest.Length));
    }

    private static ArtifactReference File(char digit) => new() { Name = "file", Digest = new string(digit, 64), Bytes = 1 };
}
