using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>What each combination of values renders to is checked in, so that a change shows in the diff. PGAN_UPDATE_GOLDEN=1 writes the files anew.</summary>
[Trait("Speed", "Slow")]
public sealed class GoldenTests
{
    public static TheoryData<string> All => Rendering.All;

    private static string Folder => Repository.At("tests", "Deployment.Tests", "Golden");

    [Theory]
    [MemberData(nameof(All))]
    public void Template_OfAnExample_IsAsCheckedIn(string name)
    {
        string file = Path.Combine(Folder, $"{name}.yaml"), rendered = Rendering.Of(name).Stable;
        if (Environment.GetEnvironmentVariable("PGAN_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, rendered);
        }

        Assert.True(File.Exists(file), $"{file} is missing: PGAN_UPDATE_GOLDEN=1 writes it.");
        Assert.Equal(File.ReadAllText(file), rendered);
    }

    [Fact]
    public void GoldenFiles_HaveAnExampleEach() =>
        Assert.Equal(Rendering.Names.Order(StringComparer.Ordinal), Directory.EnumerateFiles(Folder).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Fact]
    public void Tokens_AreDrawnAnewAndLongEnough()
    {
        string first = Rendering.Template().Succeeded().Output, second = Rendering.Template().Succeeded().Output;
        Assert.NotEqual(Line(first), Line(second));
        Assert.Matches("^  worker-token: [A-Za-z0-9]{40}$", Line(first));
    }

    private static string Line(string text) => text.Split('\n').Single(line => line.StartsWith("  worker-token:", StringComparison.Ordinal));
}
