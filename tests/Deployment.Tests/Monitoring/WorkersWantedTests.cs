using System.Globalization;
using Deployment.Tests.Chart;
using Deployment.Tests.Tools;
using ProjectedGan.Testing.Prometheus;

namespace Deployment.Tests.Monitoring;

/// <summary>The query of autoscaled pools, asked of a real Prometheus.</summary>
public sealed class WorkersWantedTests
{
    private const long Now = 1767268800;

    // Of one pool a worker trains and one prepares; another pool's trains; another release's, and one of another namespace.
    private static readonly string[] Samples =
    [
        """pgan_training_replicas{namespace="research",pod="gan-projectedgan-worker-gpu-0"} 4""",
        """pgan_training_replicas{namespace="research",pod="gan-projectedgan-worker-gpu-1"} 0""",
        """pgan_training_replicas{namespace="research",pod="gan-projectedgan-worker-gpu-big-0"} 4""",
        """pgan_training_replicas{namespace="research",pod="other-projectedgan-worker-gpu-0"} 4""",
        """pgan_training_replicas{namespace="production",pod="gan-projectedgan-worker-gpu-0"} 4""",
    ];

    // Two coordinators that ran the scheduler one after the other, and another release's.
    private static readonly string[] Queues =
    [
        """pgan_scheduler_queue_length{namespace="research",pod="gan-projectedgan-coordinator-0"} 2""",
        """pgan_scheduler_queue_length{namespace="research",pod="gan-projectedgan-coordinator-1"} 2""",
        """pgan_scheduler_queue_length{namespace="research",pod="other-projectedgan-coordinator-0"} 9""",
    ];

    [Fact]
    public async Task Query_CountsThePoolsOwnWorkers_AndTheReleasesOwnQueue()
    {
        await using var prometheus = await PrometheusServer.OverAsync(Text([.. Samples, .. Queues]));
        Assert.Equal(2 + (4 * 2), await AskAsync(prometheus, "gpu"));
        Assert.Equal(1 + (4 * 2), await AskAsync(prometheus, "gpu-big"));
        Assert.Equal(4 * 2, await AskAsync(prometheus, "cpu"));
    }

    [Fact]
    public async Task Query_WithoutAnySample_GivesZero()
    {
        await using var prometheus = await PrometheusServer.OverAsync(Text([Samples[^1]]));
        Assert.Equal(0, await AskAsync(prometheus, "gpu"));
    }

    private static string Text(string[] samples) => string.Concat(samples.Select(sample => $"{sample} {Now}\n")) + "# EOF\n";

    private static async Task<double> AskAsync(PrometheusServer prometheus, string pool)
    {
        var query = YamlText.Documents(
                Rendering.Template("--values", Path.Combine(Rendering.Chart, "examples", "autoscaling-keda.yaml"), "--set", $"workers.pools[0].name={pool}").Succeeded().Output)
            .Single(item => item["kind"]!.GetValue<string>() == "ScaledObject")["spec"]!["triggers"]![0]!["metadata"]!["query"]!.GetValue<string>();
        var data = await prometheus.AskApiAsync($"api/v1/query?time={Now}&query={Uri.EscapeDataString(query)}");
        return double.Parse(Assert.Single(data.GetProperty("result").EnumerateArray()).GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }
}
