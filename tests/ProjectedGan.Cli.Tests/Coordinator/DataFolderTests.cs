using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Coordinator.Storage;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>Which coordinators may have which folders.</summary>
public sealed class DataFolderTests
{
    [Fact]
    public void SharedFolder_OfTwoCoordinators_HoldsWhatBothKeepByContent()
    {
        using TemporaryFolder home = new();
        using DataFolder first = DataFolder.Open(home.At("first"), home.At("shared")), second = DataFolder.Open(home.At("second"), home.At("shared"));

        Assert.Equal((home.At("shared", "artifacts"), home.At("shared", "datasets")), (first.Artifacts, first.Datasets));
        Assert.Equal((first.Artifacts, first.Datasets), (second.Artifacts, second.Datasets));
        Assert.Equal((home.At("first", "coordinator.db"), home.At("second", "coordinator.db")), (first.Database, second.Database));
    }

    [Fact]
    public void OwnFolder_OfTwoCoordinators_IsRefused()
    {
        using TemporaryFolder home = new();
        using var first = DataFolder.Open(home.At("own"), home.At("shared"));

        Assert.Contains("in use by another coordinator", Assert.Throws<UsageException>(() => DataFolder.Open(home.At("own"), home.At("shared"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_ThatCannotBeMade_NamesItsOption()
    {
        using TemporaryFolder home = new();
        File.WriteAllText(home.At("file"), "");

        Assert.Contains("--shared-dir", Assert.Throws<UsageException>(() => DataFolder.Open(home.At("own"), home.At("file", "below"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SharedFolder_WithoutPostgreSql_IsRefused()
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, "coordinator", "--data-dir", home.At("data"), "--shared-dir", home.At("shared"))).Refused(2, "--shared-dir needs --storage postgres");
    }
}
