using ProjectedGan.Evaluation.Distances;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Distances;

public sealed class NeighbourhoodsTests
{
    private static readonly (int Rows, int Columns)[] OddTiles = [(7, 5), (64, 33), (1, 1000), (1000, 6)];

    [Fact]
    public void Compare_SeveralNeighbours_MatchesNumPyInFloat64()
    {
        using var scope = NewDisposeScope();
        var generated = RandomFeatures.Make(seed: 1, 190, 12, shift: 0.3);
        var real = RandomFeatures.Make(seed: 2, 230, 12);
        var draws = Resamples.Draw(seed: 3, resamples: 6, samples: 190);
        PeerFigures peer = new(generated, real, draws, 3, 5);

        var all = Neighbourhoods.Compare(generated, real, new() { Neighbours = [3, 5], Draws = draws, Tiles = Tiles(64, 50) });

        Assert.Equal([3, 5], all.Select(figures => figures.Neighbour));
        foreach (var figures in all)
        {
            peer.Compare($"precision{figures.Neighbour}", figures.Precision);
            peer.Compare($"recall{figures.Neighbour}", figures.Recall);
            peer.Compare($"density{figures.Neighbour}", figures.Density);
            peer.Compare($"coverage{figures.Neighbour}", figures.Coverage);
            Assert.InRange(figures.Recall.Value, 0.01, 0.99);
            Assert.InRange(figures.Coverage.Value, 0.01, 0.99);
        }

        peer.Compare("diversity", Diversity.Of(generated, draws, Tiles(64, 50)));
    }

    [Fact]
    public void Compare_AnyTiles_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        // More dimensions and rows than those from which libtorch takes distances from a matrix product by itself.
        var generated = RandomFeatures.Make(seed: 4, 150, 100).to_type(ScalarType.Float32);
        var real = RandomFeatures.Make(seed: 5, 170, 100).to_type(ScalarType.Float32);
        var draws = Resamples.Draw(seed: 6, resamples: 4, samples: 150);
        NeighbourhoodOptions options = new() { Neighbours = [1, 3, 5], Draws = draws, Tiles = Tiles(1000, 1000) };
        var whole = Neighbourhoods.Compare(generated, real, options);
        using var radii = NearestNeighbours.Radii(real, 5, options.Tiles);

        foreach (var (rows, columns) in OddTiles)
        {
            var tiles = Tiles(rows, columns);
            Assert.Equal(whole, Neighbourhoods.Compare(generated, real, options with { Tiles = tiles }));
            using var tiled = NearestNeighbours.Radii(real, 5, tiles);
            Assert.Equal(radii.data<float>().ToArray(), tiled.data<float>().ToArray());
            Assert.Equal(whole, Neighbourhoods.Compare(generated, real, options with { Tiles = tiles, RealRadii = tiled }));
            Assert.Equal(Diversity.Of(real, null, options.Tiles).Value, Diversity.Of(real, null, tiles).Value, 1e-12);
        }
    }

    [Fact]
    public void Compare_ASetWithItself_HasDensityAndCoverageOne()
    {
        using var scope = NewDisposeScope();
        var features = RandomFeatures.Make(seed: 7, 120, 40);

        var figures = Assert.Single(Neighbourhoods.Compare(features, features, new() { Neighbours = [5] }));

        Assert.Equal((1, 1, 1, 1), (figures.Precision.Value, figures.Recall.Value, figures.Density.Value, figures.Coverage.Value));
    }

    [Fact]
    public void Compare_AnOutlierAmongTheReal_LowersDensityAndNotPrecision()
    {
        using var scope = NewDisposeScope();
        var real = RandomFeatures.Make(seed: 8, 100, 6);
        // Far from all others, it reaches back to them; samples between lie in its ball alone.
        var outlier = real.narrow(0, 0, 1).add(1000.0);
        var between = real.narrow(0, 1, 50).add(500.0);

        var figures = Assert.Single(Neighbourhoods.Compare(between, cat([real, outlier], 0), new() { Neighbours = [5] }));

        Assert.Equal(1, figures.Precision.Value);
        Assert.Equal(0.2, figures.Density.Value, 1e-12);
        Assert.InRange(figures.Coverage.Value, 0, 0.01);
    }

    [Fact]
    public void Nearest_AnyTiles_FindsTheSameOnes()
    {
        using var scope = NewDisposeScope();
        var set = RandomFeatures.Make(seed: 9, 90, 30);
        // Closer to one member than members are to each other.
        var probes = set.narrow(0, 20, 40).add(1e-6);
        foreach (var (rows, columns) in OddTiles)
        {
            using var nearest = NearestNeighbours.Find(probes, set, 4, Tiles(rows, columns));
            using var whole = NearestNeighbours.Find(probes, set, 4, Tiles(1000, 1000));

            var first = nearest.Indices.select(1, 0).contiguous().data<long>().ToArray();
            Assert.Equal(Enumerable.Range(20, 40).Select(index => (long)index), first);
            Assert.Equal(whole.Indices.data<long>().ToArray(), nearest.Indices.data<long>().ToArray());
            Assert.Equal(whole.Distances.data<double>().ToArray(), nearest.Distances.data<double>().ToArray());
        }
    }

    [Fact]
    public void Visit_Tiles_StayWithinTheirLimitAndCoverEachPairOnce()
    {
        using var scope = NewDisposeScope();
        using var seen = zeros([37, 23], ScalarType.Int64);
        long tiles = 0;
        var limited = Tiles(10, 6) with { TileDone = () => tiles++ };

        limited.Visit(zeros([37, 4]), zeros([23, 4]), tile =>
        {
            Assert.True(tile.Distances.shape[0] <= 10 && tile.Distances.shape[1] <= 6);
            tile.OfColumns(tile.OfRows(seen), axis: 1).add_(1);
        });

        Assert.True(seen.eq(1).all().item<bool>());
        Assert.Equal(limited.Count(37, 23), tiles);
        Assert.Equal(16, tiles);
    }

    [Fact]
    public void Visit_Cancelled_StopsAtTheNextTile()
    {
        using var scope = NewDisposeScope();
        using CancellationTokenSource stop = new();
        var tiles = 0;
        var limited = Tiles(10, 10) with { Cancellation = stop.Token };

        Assert.Throws<OperationCanceledException>(() => limited.Visit(zeros([50, 4]), zeros([50, 4]), _ =>
        {
            tiles++;
            stop.Cancel();
        }));
        Assert.Equal(1, tiles);
    }

    private static DistanceTiles Tiles(int rows, int columns) => new() { Rows = rows, Columns = columns };
}
