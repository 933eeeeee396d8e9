using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>The chart's copies of rules and dashboards are those of deploy/; helm/sync.sh makes them so.</summary>
public sealed class FileCopyTests
{
    [Theory]
    [InlineData("prometheus", "*.y*ml", "\ngroups:", "rules")]
    [InlineData("grafana", "*.json", "\"panels\"", "dashboards")]
    public void Copies_AreThoseOfDeploy(string folder, string pattern, string mark, string copies)
    {
        var source = Repository.At("deploy", folder);
        var wanted = (Directory.Exists(source) ? Directory.EnumerateFiles(source, pattern, SearchOption.AllDirectories) : [])
            .Select(file => (Name: Path.GetFileName(file), Text: File.ReadAllText(file)))
            .Where(file => ("\n" + file.Text).Contains(mark, StringComparison.Ordinal))
            .ToDictionary(file => file.Name, file => file.Text);
        var target = Path.Combine(Rendering.Chart, "files", copies);
        var found = (Directory.Exists(target) ? Directory.EnumerateFiles(target) : []).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
        Assert.True(wanted.OrderBy(pair => pair.Key).SequenceEqual(found.OrderBy(pair => pair.Key)), $"helm/projectedgan/files/{copies} is not what deploy/{folder} holds: run helm/sync.sh.");
    }
}
