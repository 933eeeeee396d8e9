using System.Reflection;
using System.Xml.Linq;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ProjectedGan.Cli.Tests.Processes;

namespace ProjectedGan.Cli.Tests.Architecture;

/// <summary>Holds the projects to the order of docs/architecture.md: references point down the list only.</summary>
[Trait("Speed", "Slow")]
public class DependencyTests
{
    private static readonly string[] FromTheTop =
    [
        "ProjectedGan.Cli", "ProjectedGan.Web", "ProjectedGan.Coordinator", "ProjectedGan.Worker", "ProjectedGan.Evaluator", "ProjectedGan.Hosting", "ProjectedGan.Telemetry",
        "ProjectedGan.Training", "ProjectedGan.Evaluation", "ProjectedGan.Networks", "ProjectedGan.AllReduce", "ProjectedGan.Data", "ProjectedGan.Weights", "ProjectedGan.Tensors", "ProjectedGan.Specification", "ProjectedGan.Protocol", "ProjectedGan.Foundation",
    ];

    [Fact]
    public void Projects_References_PointDown()
    {
        foreach (var project in Projects())
        {
            var level = Array.IndexOf(FromTheTop, Path.GetFileNameWithoutExtension(project));
            Assert.True(level >= 0, $"{project} has no place in the order of projects.");
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            Assert.All(references, reference => Assert.True(Array.IndexOf(FromTheTop, reference) > level, $"{project} refers up to {reference}."));
        }
    }

    [Theory]
    [InlineData("ProjectedGan.Foundation")]
    [InlineData("ProjectedGan.Protocol")]
    [InlineData("ProjectedGan.Specification")]
    [InlineData("ProjectedGan.Weights")]
    [InlineData("ProjectedGan.Data")]
    [InlineData("ProjectedGan.Telemetry")]
    [InlineData("ProjectedGan.Hosting")]
    [InlineData("ProjectedGan.Coordinator")]
    [InlineData("ProjectedGan.Web")]
    public void Projects_WithoutTensors_DoWithoutTorchSharp(string project)
    {
        var locks = File.ReadAllText(Path.Combine(Repository.Root, "src", project, "packages.lock.json"));
        Assert.DoesNotContain("torch", locks, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("ProjectedGan.Coordinator", "ProjectedGan.Worker", "ProjectedGan.Evaluator")]
    [InlineData("ProjectedGan.Worker", "ProjectedGan.Coordinator", "ProjectedGan.Evaluator")]
    [InlineData("ProjectedGan.Evaluator", "ProjectedGan.Coordinator", "ProjectedGan.Worker")]
    public void Roles_DoNotKnowEachOther(string role, params string[] others)
    {
        var locks = File.ReadAllText(Path.Combine(Repository.Root, "src", role, "packages.lock.json"));
        Assert.All(others, other => Assert.DoesNotContain(other, locks, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Folders_OfAProject_FormNoCycle()
    {
        var architecture = new ArchLoader().LoadAssemblies([.. FromTheTop.Select(Assembly)]).Build();
        foreach (var project in FromTheTop)
        {
            var rule = SliceRuleDefinition.Slices().Matching($"{project}.(*)..").Should().BeFreeOfCycles();
            Assert.True(rule.HasNoViolations(architecture), string.Join('\n', rule.Evaluate(architecture).Where(result => !result.Passed).Select(result => result.Description)));
        }

        static Assembly Assembly(string project) => System.Reflection.Assembly.LoadFrom(
            Path.Combine(AppContext.BaseDirectory, project == "ProjectedGan.Cli" ? "pgan.dll" : $"{project}.dll"));
    }

    [Fact]
    public void ProductCode_HasNoConditionalCompilation()
    {
        var files = Projects().SelectMany(project => Sources(Path.GetDirectoryName(project)!));
        Assert.All(files, file => Assert.DoesNotContain(File.ReadLines(file), line => line.TrimStart().StartsWith("#if", StringComparison.Ordinal)));
    }

    [Fact]
    public void Libraries_WriteNothingToTheConsole()
    {
        var files = Projects().Where(project => !project.EndsWith("ProjectedGan.Cli.csproj", StringComparison.Ordinal))
            .SelectMany(project => Sources(Path.GetDirectoryName(project)!));
        Assert.All(files, file => Assert.DoesNotContain("Console.", File.ReadAllText(file), StringComparison.Ordinal));
    }

    private static string[] Projects()
    {
        string[] found = [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src"), "ProjectedGan.*").SelectMany(folder => Directory.GetFiles(folder, "*.csproj"))];
        Assert.True(found.Length >= 6, $"Only {found.Length} projects were found.");
        return found;
    }

    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
}
