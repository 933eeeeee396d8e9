using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Demo;
using ProjectedGan.Data.Images;

namespace ProjectedGan.Data.Tests.Demo;

public sealed class EmojiFacesTests : IDisposable
{
    private static readonly string Package = DownloadedPackage.Find(EmojiFaces.PackageFile);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Faces_Package_GivesAllHundredAndNineteenAtSixtyFour()
    {
        var created = DatasetCreator.Create(
            EmojiFaces.Faces(Package), _folder["faces.zip"], new DatasetCreateOptions { Resolution = 64 }, null, default);
        Assert.Empty(created.Skipped);
        Assert.Equal(119, created.Count);
        var report = DatasetInspector.Inspect(created.Path, InspectionDepth.Verify, default);
        Assert.Equal(new ImageKind(ImageFormat.Png, 64, 64, 3, 119), Assert.Single(report.Kinds));
        Assert.Null(report.TrainingProblem);
        // Yellow discs on white: blue is by far the weakest channel.
        Assert.True(report.MeanColor![2] < report.MeanColor[1] - 30 && report.MeanColor[1] < report.MeanColor[0]);
        using var dataset = new MirroredDataset(ImageDataset.Open(created.Path));
        Assert.Equal(238, dataset.Count);
    }

    [Fact]
    public void AllWithoutSkinTones_Package_HoldsEighteenHundredAndSeventyOne()
    {
        using var package = new PackageImageSource(Package);
        Assert.Equal(3391, package.Names.Count);
        Assert.Equal(1871, package.Names.Count(EmojiFaces.AllWithoutSkinTones(Package).Includes!));
        var odd = Enumerable.Range(0, 3391).Where(i => package.Probe(i) is not { Width: 256, Height: 256, Channels: 4 }).ToArray();
        Assert.Equal(4, odd.Length);
        Assert.All(odd, i => Assert.Equal(264, package.Probe(i).Height));
    }

    [Fact]
    public void FaceNames_List_HasNoSkinTonesAndNoRepeats()
    {
        Assert.Equal(119, EmojiFaces.FaceNames.Distinct().Count());
        Assert.DoesNotContain(EmojiFaces.FaceNames, name => name.Contains("1f3f", StringComparison.Ordinal));
    }
}
