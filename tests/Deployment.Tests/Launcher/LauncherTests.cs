using Deployment.Tests.Tools;

namespace Deployment.Tests.Launcher;

/// <summary>What <c>./pgan</c> does before the product runs.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly Checkout _checkout = new();

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public void Command_AfterTheFirstBuild_BuildsNothing()
    {
        Assert.Equal("product list --all\n", _checkout.Pgan("list", "--all").Succeeded().Output);
        Assert.Equal(1, _checkout.Builds);
        Assert.Equal("product list\n", _checkout.Pgan("list").Succeeded().Output);
        _checkout.Write("docs/guide.md", "second");
        _checkout.Write("tests/Some.Tests/SomeTests.cs", "second");
        _checkout.Write("src/ProjectedGan.Cli/obj/project.assets.json", "second");
        _checkout.Pgan("list").Succeeded();
        Assert.Equal(1, _checkout.Builds);
    }

    [Theory]
    [InlineData("src/ProjectedGan.Cli/Program.cs")]
    [InlineData("src/ProjectedGan.Cli/New.cs")]
    [InlineData("protos/pgan/v1/cluster.proto")]
    [InlineData("build/Files.targets")]
    [InlineData("Directory.Build.props")]
    [InlineData(".editorconfig")]
    [InlineData("global.json")]
    public void Command_AfterAChange_Builds(string file)
    {
        _checkout.Pgan("list").Succeeded();
        _checkout.Write(file, "second");
        _checkout.Pgan("list").Succeeded();
        Assert.Equal(2, _checkout.Builds);
    }

    [Fact]
    public void Command_AfterAFileIsGoneOrOld_Builds()
    {
        _checkout.Pgan("list").Succeeded();
        File.SetLastWriteTimeUtc(_checkout.At("protos/pgan/v1/cluster.proto"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _checkout.Pgan("list").Succeeded();
        Assert.Equal(2, _checkout.Builds);
        File.Delete(_checkout.At("src/ProjectedGan.Cli/Program.cs"));
        _checkout.Pgan("list").Succeeded();
        Assert.Equal(3, _checkout.Builds);
        Directory.Delete(_checkout.At("src/ProjectedGan.Cli/bin"), recursive: true);
        _checkout.Pgan("list").Succeeded();
        Assert.Equal(4, _checkout.Builds);
    }

    [Fact]
    public async Task Commands_AtOnce_BuildOnceAndAllRun()
    {
        Dictionary<string, string> environment = new() { ["WAITERS"] = "2" };
        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(index => Task.Run(() => _checkout.Pgan(environment, "list", $"{index}"))));
        Assert.All(results, result => Assert.StartsWith("product list", result.Succeeded().Output, StringComparison.Ordinal));
        Assert.Equal(1, _checkout.Builds);
        Assert.Equal(2, results.Count(result => result.Errors.Contains("pgan: another ./pgan prepares this checkout; waiting for it\n", StringComparison.Ordinal)));
    }

    [Fact]
    public void Restore_InContinuousIntegration_IsLocked()
    {
        _checkout.Pgan("build").Succeeded();
        Assert.Contains("restore src/ProjectedGan.Cli --nologo", _checkout.Calls);
        File.Delete(_checkout.At("artifacts/built-product"));
        _checkout.Pgan(new Dictionary<string, string> { ["CI"] = "true" }, "build").Succeeded();
        Assert.Contains("restore src/ProjectedGan.Cli --nologo --locked-mode", _checkout.Calls);
    }

    [Theory]
    [InlineData("pgan.csproj : error NU1101: Unable to find package TorchSharp. No packages exist with this id in source(s): nuget.org", "the package feed lacks TorchSharp:")]
    [InlineData("pgan.csproj : error NU1102: Unable to find package Grpc.AspNetCore with version (>= 2.85.0)\npgan.csproj : error NU1102:   - Found 3 version(s) in nuget.org [ Nearest version: 2.80.0 ]", "the package feed lacks Grpc.AspNetCore >= 2.85.0:")]
    [InlineData("pgan.csproj : error NU1103: Unable to find a stable package NetVips with version (>= 3.2.0)\npgan.csproj : error NU1101: Unable to find package Npgsql. No packages exist with this id in source(s): nuget.org", "the package feed lacks NetVips >= 3.2.0, Npgsql:")]
    [InlineData("pgan.csproj : error NU1004: The packages lock file is inconsistent with the project dependencies so restore can't be run in locked mode.", "the lock files are not those of the projects")]
    public void Restore_ThatFails_SaysWhyInOneLine(string error, string line)
    {
        var result = _checkout.Pgan(new Dictionary<string, string> { ["RESTORE_ERROR"] = error + "\n" }, "list");
        result.Refused($"pgan: {line}");
        Assert.Equal(2, result.Errors.TrimEnd().Split('\n').Length);
        Assert.Contains("The whole log is in artifacts/build.log.", result.Errors, StringComparison.Ordinal);
        Assert.Equal(0, _checkout.Builds);
    }

    [Fact]
    public void Machine_OfAnotherKind_IsRefusedInOneLine()
    {
        _checkout.Program("uname", "echo Linux aarch64");
        AssertOneLine(_checkout.Pgan("list"), "this machine is 'Linux aarch64', and libtorch's package is for 'Linux x86_64'");
    }

    [Fact]
    public void Processor_WithoutAvx_IsRefusedInOneLine()
    {
        _checkout.Write("processors", "flags : fpu sse4_1 sse4_2\n");
        var script = _checkout.At("deploy/launcher/prerequisites.sh");
        File.WriteAllText(script, File.ReadAllText(script).Replace("processors=/proc/cpuinfo", $"processors='{_checkout.At("processors")}'", StringComparison.Ordinal));
        AssertOneLine(_checkout.Pgan("list"), "this processor has no AVX,");
    }

    [Fact]
    public void Sdk_ThatIsTooOld_IsNamedInOneLine() =>
        AssertOneLine(_checkout.Pgan(new Dictionary<string, string> { ["SDK_VERSION"] = "" }, "list"), "no .NET 10 SDK among those of 'dotnet' (found: 8.0.400): install one, 10.0.100 or newer");

    [Fact]
    public void Help_NeedsNoBuild()
    {
        Assert.Contains("./pgan COMMAND", _checkout.Pgan("help").Succeeded().Output, StringComparison.Ordinal);
        Assert.Empty(_checkout.Calls);
    }

    private static void AssertOneLine(ToolResult result, string words)
    {
        result.Refused($"pgan: {words}");
        Assert.Single(result.Errors.TrimEnd().Split('\n'));
    }
}
