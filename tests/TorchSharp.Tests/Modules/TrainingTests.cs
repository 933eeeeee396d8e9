using static TorchSharp.torch;

namespace TorchSharp.Tests.Modules;

public class TrainingTests
{
    [Fact]
    public void Training_SeveralThreads_GiveTheSameBitsAsOne()
    {
        set_num_threads(1);
        float[] expected = Trained(seed: 3, steps: 5);

        var results = new float[4][];
        var threads = Enumerable.Range(0, 4).Select(i => new Thread(() =>
        {
            set_num_threads(1);
            results[i] = Trained(seed: 3, steps: 5);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(results, result => Assert.Equal(expected, result));
    }

    [Fact]
    public void Training_TwoHundredSteps_DoesNotGrowMemory()
    {
        set_num_threads(1);
        _ = Trained(seed: 1, steps: 100);
        Settle();
        long tensors = Tensor.TotalCount;
        long bytes = Resident();

        _ = Trained(seed: 1, steps: 200);

        Settle();
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.True(Resident() - bytes < 8L << 20, $"Resident memory grew by {(Resident() - bytes) >> 10} KiB.");
    }

    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private static long Resident() =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) << 10;

    private static float[] Trained(ulong seed, int steps)
    {
        using var generator = new Generator(seed);
        using var network = nn.Sequential(nn.Conv2d(3, 8, 3, padding: 1, bias: false), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 4, 3, padding: 1));
        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (var parameter in network.parameters())
            {
                parameter.normal_(0, 0.1, generator);
            }
        }

        for (int step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            var images = randn([8, 3, 32, 32], generator: generator);
            network.zero_grad();
            network.call(images).square().mean().backward();
            using (no_grad())
            {
                foreach (var parameter in network.parameters())
                {
                    parameter.sub_(parameter.grad! * 0.1);
                }
            }
        }

        using var last = NewDisposeScope();
        return [.. network.parameters().SelectMany(parameter => parameter.detach().flatten().data<float>().ToArray())];
    }
}
