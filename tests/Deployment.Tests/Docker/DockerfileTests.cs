using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Docker;

/// <summary>What can be known of the image without a container engine.</summary>
[Trait("Speed", "Slow")]
public sealed partial class DockerfileTests
{
    private static IEnumerable<string> Sources =>
        from copy in Dockerfile.Of("COPY")
        where !copy.StartsWith("--from=", StringComparison.Ordinal)
        from source in copy.Split(' ')[..^1]
        select source;

    [Fact]
    public void CopySources_AreInTheRepository() => Assert.All(Sources, source => Assert.True(Path.Exists(Repository.At(source)), $"COPY {source}: the repository has no such path."));

    [Fact]
    public void CopySources_AreNotIgnored()
    {
        string[] lines = [.. File.ReadLines(Repository.At(".dockerignore")).Where(line => line.Length > 0 && line[0] != '#')];
        Assert.Equal("*", lines[0]);
        Assert.All(Sources, source => Assert.True(IsSent(lines, source.TrimEnd('/')), $"COPY {source}: .dockerignore keeps it out."));
        Assert.False(IsSent(lines, "artifacts"), "Build outputs would be sent.");
        Assert.False(IsSent(lines, ".git"), "The history would be sent.");
        Assert.False(IsSent(lines, "tests"), "The tests would be sent.");
    }

    [Fact]
    public void CopySources_HoldEveryFileOfTheRootThatTheBuildReads()
    {
        // .editorconfig says which of the analyzers' rules are errors.
        string[] read = [.. Directory.EnumerateFiles(Repository.Root).Select(file => Path.GetFileName(file)).Where(name => RootFile().IsMatch(name))];
        Assert.Contains(".editorconfig", read);
        Assert.Empty(read.Except(Sources));
    }

    [Fact]
    public void Stages_AreThereBeforeTheyAreUsed()
    {
        HashSet<string> stages = [];
        foreach ((var name, var arguments) in Dockerfile.Instructions)
        {
            if (name == "FROM")
            {
                stages.Add(arguments.Split(' ')[2]);
            }
            else if (name == "COPY" && arguments.StartsWith("--from=", StringComparison.Ordinal))
            {
                Assert.Contains(arguments.Split(' ')[0]["--from=".Length..], stages);
            }
        }
    }

    [Fact]
    public void Arguments_AreDeclaredWhereTheyAreUsed()
    {
        HashSet<string> global = [], stage = [];
        var isInStage = false;
        foreach ((var name, var arguments) in Dockerfile.Instructions)
        {
            string[] used = [.. Variable().Matches(arguments).Select(match => match.Groups[1].Value)];
            if (name == "FROM")
            {
                Assert.Empty(used.Except(global));
                (stage, isInStage) = ([], true);
            }
            else if (name == "ARG")
            {
                (isInStage ? stage : global).Add(arguments.Split('=')[0]);
            }
            else
            {
                Assert.Empty(used.Except(stage));
            }
        }
    }

    [Fact]
    public void Image_IsNobodysRoot_AndSaysWhatItIs()
    {
        (string Name, string Arguments)[] last = [.. Dockerfile.Instructions.Skip(Dockerfile.Instructions.ToList().FindLastIndex(instruction => instruction.Name == "FROM"))];
        var chart = RunAs().Matches(File.ReadAllText(Repository.At("helm", "projectedgan", "templates", "_pods.tpl")))
            .ToDictionary(match => match.Groups[1].Value, match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);
        // By number, as Kubernetes wants it to see that it is not root, and the one that the chart's pods run as.
        Assert.InRange(chart["runAsUser"], 1, int.MaxValue);
        Assert.Equal($"{chart["runAsUser"]}:{chart["runAsGroup"]}", Assert.Single(last, instruction => instruction.Name == "USER").Arguments);
        var program = Assert.Single(JsonSerializer.Deserialize<string[]>(Assert.Single(last, instruction => instruction.Name == "ENTRYPOINT").Arguments)!);
        var published = Assert.Single(last, instruction => instruction.Name == "COPY" && instruction.Arguments.StartsWith("--from=publish ", StringComparison.Ordinal)).Arguments.Split(' ')[2];
        Assert.Equal((published, "pgan"), (Path.GetDirectoryName(program), Path.GetFileName(program)));
        var labels = Assert.Single(last, instruction => instruction.Name == "LABEL").Arguments;
        Assert.All(
            ["title", "description", "version", "revision", "created", "licenses", "base.name"],
            label => Assert.Contains($"org.opencontainers.image.{label}=", labels, StringComparison.Ordinal));
    }

    [Fact]
    public void Bases_ArePinnedToAVersion() => Assert.All(
        Dockerfile.Of("ARG").Where(argument => argument.Contains("BASE=", StringComparison.Ordinal)),
        argument => Assert.Matches(@"^\w+=[a-z/.-]+:[0-9][\w.-]+$", argument));

    [Theory]
    [InlineData("cpu", "libtorch-cpu-linux-x64", "TorchSharp-cuda-linux")]
    [InlineData("cuda", "TorchSharp-cuda-linux", "libtorch-cpu-linux-x64")]
    public void Context_AsSent_FindsThePackagesOfTheDevice(string device, string wanted, string other) => InContext(device, (folder, project, properties) =>
    {
        var graph = Path.Combine(folder, "graph.json");
        new Tool("dotnet").Run(["msbuild", project, "-t:GenerateRestoreGraphFile", $"-p:RestoreGraphOutputPath={graph}", "-nologo", "-nodeReuse:false", .. properties]).Succeeded();
        var packages = File.ReadAllText(graph);
        Assert.Contains($"\"{wanted}\"", packages, StringComparison.Ordinal);
        Assert.DoesNotContain($"\"{other}\": {{", packages, StringComparison.Ordinal);
    });

    [Fact]
    public void Context_WithoutADevice_NeedsNoLibtorch() => InContext("none", (folder, project, properties) =>
    {
        var graph = Path.Combine(folder, "graph.json");
        new Tool("dotnet").Run(["msbuild", project, "-t:GenerateRestoreGraphFile", $"-p:RestoreGraphOutputPath={graph}", "-nologo", "-nodeReuse:false", .. properties]).Succeeded();
        var packages = File.ReadAllText(graph);
        Assert.DoesNotContain("\"libtorch-cpu-linux-x64\": {", packages, StringComparison.Ordinal);
        Assert.DoesNotContain("\"TorchSharp-cuda-linux\": {", packages, StringComparison.Ordinal);
    });

    // One project of several: what the root's files and the properties break, they break there.
    [Fact]
    public void Context_AsSent_Compiles() => InContext("cpu", (folder, _, properties) => new Tool("dotnet").Run(
        ["build", Path.Combine(folder, "src", "ProjectedGan.Tensors"), "--configuration", "Release", "--nologo", "-nodeReuse:false", .. properties]).Succeeded());

    /// <summary>Runs with a folder that holds what the image's build is sent, the project that it publishes, and the properties.</summary>
    private static void InContext(string device, Action<string, string, string[]> action)
    {
        var folder = Directory.CreateTempSubdirectory("pgan-context-").FullName;
        try
        {
            foreach (var file in Sources.Distinct().SelectMany(FilesOf))
            {
                var copy = Path.Combine(folder, Path.GetRelativePath(Repository.Root, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            var publish = Assert.Single(Dockerfile.Of("RUN"), run => run.StartsWith("dotnet publish", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] properties = [.. publish.Where(word => word.StartsWith("-p:", StringComparison.Ordinal)).Select(word => word.Replace("${DEVICE}", device, StringComparison.Ordinal).Replace("${REVISION}", "", StringComparison.Ordinal))];
            action(folder, Path.Combine(folder, publish[2]), properties);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> FilesOf(string source) => File.Exists(Repository.At(source))
        ? [Repository.At(source)]
        : Directory.EnumerateFiles(Repository.At(source), "*", SearchOption.AllDirectories).Where(file => !BuildOutput().IsMatch(file));

    // The last line that matches decides, as in Docker; a folder is sent when something in it is let in again.
    private static bool IsSent(string[] lines, string path)
    {
        var isSent = true;
        foreach (var line in lines)
        {
            var pattern = line.TrimStart('!');
            var matches = pattern == "*" || path == pattern || path.StartsWith($"{pattern}/", StringComparison.Ordinal)
                || (pattern.EndsWith("/*", StringComparison.Ordinal) && path.StartsWith(pattern[..^1], StringComparison.Ordinal));
            isSent = matches ? line[0] == '!' : isSent;
        }

        return isSent;
    }

    [GeneratedRegex(@"^(\.editorconfig|\.globalconfig|global\.json|nuget\.config|Directory\..*)$", RegexOptions.IgnoreCase)]
    private static partial Regex RootFile();

    [GeneratedRegex(@"(runAsUser|runAsGroup): ([0-9]+)")]
    private static partial Regex RunAs();

    [GeneratedRegex("/(bin|obj)/")]
    private static partial Regex BuildOutput();

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();
}
