using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using ProjectedGan.Cli.Diagnostics.Kubernetes;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Tensors;

namespace ProjectedGan.Cli.Diagnostics;

/// <summary><c>pgan doctor</c>: what is installed and what computes; or what a Kubernetes cluster lacks.</summary>
internal static class DoctorCommand
{
    public static Command Build()
    {
        Option<bool> kubernetes = new("--kubernetes") { Description = "Look at a Kubernetes cluster instead, through kubectl: what is missing before an installation, what is wrong after it." };
        Option<string?> space = new("--namespace") { Description = "The release's namespace; the context's by default.", HelpName = "NAMESPACE" };
        Option<string?> context = new("--context") { Description = "A context of the kubeconfig; the current one by default.", HelpName = "CONTEXT" };
        Option<string?> release = new("--release") { Description = "The Helm release; by default every one of the chart in the namespace.", HelpName = "RELEASE" };
        Option<string[]> values = new("--values") { Description = "The chart's values that are to be installed; what they ask for must be there. Several: later ones win.", HelpName = "FILE" };
        ExampleCommand command = new(
            "doctor",
            "Says what is installed: libtorch and whether it computes rightly, GPUs, weights, data, peers of the tests. With --kubernetes, what a cluster lacks.",
            "doctor",
            "doctor --kubernetes --values values.yaml",
            "doctor --kubernetes --namespace research --release gan")
        {
            kubernetes, space, context, release, values,
        };
        command.Runs(async (parsed, cancellation) =>
        {
            ClusterTarget target = new(parsed.GetValue(space), parsed.GetValue(context), parsed.GetValue(release), parsed.GetValue(values) ?? []);
            if (parsed.GetValue(kubernetes))
            {
                return Report(await ClusterDoctor.ExamineAsync(target, cancellation)) ? ExitCode.Success : ExitCode.Failure;
            }

            return target is { Namespace: null, Context: null, Release: null, Values.Count: 0 }
                ? Report() ? ExitCode.Success : ExitCode.Failure
                : throw new UsageException("--namespace, --context, --release and --values belong to --kubernetes; add it.");
        });
        return command;
    }

    private static bool Report(IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            Console.WriteLine($"{finding.Level.ToString().ToLowerInvariant(),-5} {finding.Subject,-20} {finding.Text}");
        }

        int bad = findings.Count(finding => finding.Level == FindingLevel.Fail), odd = findings.Count(finding => finding.Level == FindingLevel.Warn);
        Console.WriteLine(bad > 0 ? $"verdict: {bad} to mend" : odd > 0 ? $"verdict: works, {odd} worth a look" : "verdict: ready");
        return bad == 0;
    }

    private static bool Report()
    {
        var torch = TorchRuntime.Describe();
        Line("pgan", Version(typeof(DoctorCommand).Assembly));
        Line(".NET", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}");
        Line("processors", $"{Environment.ProcessorCount}, {torch.CpuCapability} kernels; memory {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB");
        Line("TorchSharp", torch.TorchSharpVersion);
        Line("libtorch", $"{torch.LibtorchVersion}, {torch.Blas}, at {torch.LibtorchPath}");
        var convolutions = ConvolutionCheck.Settle(ConvolutionCheck.Common);
        Line("oneDNN", convolutions.OneDnn ? torch.OneDnn : "off: convolutions are slower");
        Line("self-check", convolutions.ToString());
        Line("CUDA", torch.CudaStatus);
        Line("weights", Weights());
        Line("downloads", Directory.Exists(PganHome.Downloads) ? string.Join(", ", Directory.EnumerateFiles(PganHome.Downloads, "*.tgz").Select(Path.GetFileName)) : "none; ./pgan demo fetches them");
        Line("npm", Programs.Find("npm") ?? "not found; it fetches the demo's packages");
        Line("python3", Programs.Find("python3") ?? "not found; the tests compare with PyTorch");
        DriveInfo drive = new(PganHome.Root);
        Line("disk", $"{drive.AvailableFreeSpace >> 30} GiB free at {PganHome.Root}");
        Line("verdict", convolutions.OneDnn ? "ready" : "works, slowly: without oneDNN");
        return convolutions.OneDnn;
    }

    private static string Weights()
    {
        var store = NetworkWeights.Store();
        var entries = store.List();
        return entries.Count == 0 ? $"none in {store.Folder}" : string.Join(", ", entries.Select(entry => entry.Name));
    }

    private static string Version(Assembly assembly) => assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static void Line(string name, string text) => Console.WriteLine($"{name,-11} {text}");
}
