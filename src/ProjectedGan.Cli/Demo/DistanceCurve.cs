using ProjectedGan.Cli.Plots;
using ProjectedGan.Cli.Runs;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Demo;

/// <summary>The curve of a run's Fréchet distances: fd.csv and its plot.</summary>
internal static class DistanceCurve
{
    /// <summary>Adds the measurements that are new, and draws the curve again.</summary>
    public static void Add(RunFolder folder, TrainingSpec spec, IEnumerable<FdRow> rows)
    {
        IReadOnlyList<FdRow> known = File.Exists(folder.FrechetCsv) ? FdCsv.Read(folder.FrechetCsv) : [];
        List<FdRow> all = [.. known.Concat(rows).DistinctBy(row => row.Images).OrderBy(row => row.Images)];
        if (all.Count == known.Count)
        {
            return;
        }

        FdCsv.Write(folder.FrechetCsv, all);
        if (all.Count > 1)
        {
            using ImageDataset dataset = ImageDataset.Open(spec.Data.Path);
            int real = spec.Data.Mirror ? 2 * dataset.Count : dataset.Count;
            ChartFile.Write(FrechetChart.Of(all, folder.Name, $"{spec.Evaluation.Samples:N0} generated against {real:N0} real images"), folder.FrechetPlot);
        }
    }
}
