using System.Text.Json;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>Proves from the workers' own accounts and the coordinator's record of epochs that every image was seen once an epoch of the data.</summary>
internal static class ImageLedgers
{
    public static void AssertEachImageOnce(string folder, Experiment experiment, int images)
    {
        Dictionary<(long Epoch, long Iteration, int Replica), List<int[]>> taken = Read(folder);
        List<int> stream = [];
        long next = 0;
        foreach (var epoch in experiment.Epochs)
        {
            Assert.Equal(next, epoch.FirstIteration);
            for (; next < epoch.EndIteration; next++)
            {
                for (var replica = 0; replica < experiment.Replicas; replica++)
                {
                    Assert.True(taken.TryGetValue((epoch.Epoch, next, replica), out var batches), $"No worker took images for replica {replica} of iteration {next} in epoch {epoch.Epoch}.");
                    stream.AddRange(Assert.Single(batches));
                }
            }
        }

        Assert.Equal(experiment.TotalImages, stream.Count);
        foreach (var epoch in stream.Chunk(images))
        {
            Assert.Equal(epoch.Length, epoch.Distinct().Count());
        }
    }

    private static Dictionary<(long, long, int), List<int[]>> Read(string folder)
    {
        Dictionary<(long, long, int), List<int[]>> taken = [];
        foreach (var file in Directory.GetFiles(folder, "ledger-*.jsonl"))
        {
            foreach (var line in File.ReadLines(file))
            {
                // A killed process may leave half a line: what it says had no effect.
                if (!line.EndsWith('}'))
                {
                    continue;
                }

                var entry = JsonDocument.Parse(line).RootElement;
                var key = (entry.GetProperty("epoch").GetInt64(), entry.GetProperty("iteration").GetInt64(), entry.GetProperty("replica").GetInt32());
                if (!taken.TryGetValue(key, out var batches))
                {
                    taken[key] = batches = [];
                }

                batches.Add([.. entry.GetProperty("images").EnumerateArray().Select(image => image.GetInt32())]);
            }
        }

        return taken;
    }
}
