using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using ProjectedGan.Networks.WeightFiles;
using ProjectedGan.Node.Cli;
using ProjectedGan.Torch;
using TorchSharp;

namespace ProjectedGan.Node.Diagnostics;

/// <summary><c>pgan doctor</c>: what is installed and what computes.</summary>
internal static class DoctorCommand
{
    public static Command Build()
    {
        ExampleCommand command = new("doctor", "Says what is installed: libtorch, BLAS, dependency mode, GPUs, weights, data, peers of the tests.", "doctor");
        command.Runs((_, _) => Task.FromResult(Report() ? ExitCode.Success : ExitCode.Failure));
        return command;
    }

    private static bool Report()
    {
        TorchDescription torch = TorchRuntime.Describe();
        Line("pgan", Version(typeof(DoctorCommand).Assembly));
        Line(".NET", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}");
        Line("processors", $"{Environment.ProcessorCount}, {torch.CpuCapability} kernels; memory {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB");
        Line("mode", Mode());
        Line("libtorch", $"{torch.LibtorchVersion} at {torch.LibtorchPath}");
        Line("BLAS", torch.Blas);
        Line("MKL-DNN", torch.HasMkldnn ? "yes" : "no: convolutions will be slow");
        Line("CUDA", torch.CudaStatus);
        Line("weights", Weights());
        Line("downloads", Directory.Exists(PganHome.Downloads) ? string.Join(", ", Directory.EnumerateFiles(PganHome.Downloads, "*.tgz").Select(Path.GetFileName)) : "none; ./pgan demo fetches them");
        Line("npm", Programs.Find("npm") ?? "not found; it fetches the demo's packages");
        Line("python3", Programs.Find("python3") ?? "not found; the tests compare with PyTorch");
        DriveInfo drive = new(PganHome.Root);
        Line("disk", $"{drive.AvailableFreeSpace >> 30} GiB free at {PganHome.Root}");
        bool good = torch.HasMkldnn && !torch.Blas.Contains("reference", StringComparison.OrdinalIgnoreCase);
        Line("verdict", good ? "ready" : "works, slowly: install libopenblas0-openmp and a libtorch with MKL-DNN");
        return good;
    }

    // The stand-in says so in its assembly's metadata.
    private static string Mode() =>
        typeof(torch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Any(entry => entry.Key == "StandIn") ? "stand-ins (OfficialPackages=false)" : "official packages (OfficialPackages=true)";

    private static string Weights()
    {
        WeightStore store = WeightStore.Default();
        IReadOnlyList<StoredWeights> entries = store.List();
        return entries.Count == 0 ? $"none in {store.Folder}" : string.Join(", ", entries.Select(entry => entry.Name));
    }

    private static string Version(Assembly assembly) => assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static void Line(string name, string text) => Console.WriteLine($"{name,-11} {text}");
}
