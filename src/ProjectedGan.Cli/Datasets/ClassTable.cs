using ProjectedGan.Data.Datasets;

namespace ProjectedGan.Cli.Datasets;

/// <summary>The classes of a dataset, one a line.</summary>
internal static class ClassTable
{
    // data.classes goes so far.
    private const int Shown = 1_000;

    public static void Print(IReadOnlyList<DatasetClass> classes)
    {
        foreach (DatasetClass one in classes.Take(Shown))
        {
            Console.WriteLine($"          {one.Number}{(one.Name is null ? "" : $" {one.Name}")}: {one.Images:N0} images");
        }

        if (classes.Count > Shown)
        {
            Console.WriteLine($"          and {classes.Count - Shown:N0} more");
        }
    }
}
