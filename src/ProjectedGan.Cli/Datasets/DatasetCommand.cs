using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Datasets;

namespace ProjectedGan.Cli.Datasets;

/// <summary><c>pgan dataset</c>: makes and looks at datasets.</summary>
internal static class DatasetCommand
{
    public static Command Build() => new("dataset", "Makes datasets from images, and looks at them.")
    {
        DatasetCreateCommand.Build(),
        DatasetInspectCommand.Build(),
    };
}

/// <summary><c>pgan dataset inspect</c>: what a folder, zip or package holds, and whether it can be trained on.</summary>
internal static class DatasetInspectCommand
{
    public static Command Build()
    {
        Argument<string> path = new("path") { Description = "A folder, a zip or a .tgz package." };
        Option<bool> verify = new("--verify") { Description = "Decode every image and check a zip's checksums." };
        ExampleCommand command = new(
            "inspect",
            "Counts images, sizes and classes; finds damaged images.",
            "dataset inspect photos-256.zip",
            "dataset inspect ~/photos --verify")
        {
            path, verify,
        };
        command.Runs((parsed, cancellation) =>
        {
            var depth = parsed.GetValue(verify) ? InspectionDepth.Verify : InspectionDepth.Headers;
            var report = DatasetInspector.Inspect(parsed.GetValue(path)!, depth, cancellation);
            Print(report);
            return Task.FromResult(report.Damaged.Count == 0 ? ExitCode.Success : ExitCode.Failure);
        });
        return command;
    }

    private static void Print(DatasetReport report)
    {
        Console.WriteLine($"path      {report.Path}");
        Console.WriteLine($"images    {report.Count:N0}");
        foreach (var kind in report.Kinds)
        {
            Console.WriteLine($"          {kind.Count:N0} {kind.Format} {kind.Width}x{kind.Height}, {kind.Channels} channels");
        }

        Console.WriteLine(report.Classes.Count == 0
            ? "classes   none"
            : $"classes   {report.Classes.Count} with {report.Classes.Min(one => one.Images):N0} to {report.Classes.Max(one => one.Images):N0} images");
        ClassTable.Print(report.Classes);
        if (report.LeftOut.Summary is { } leftOut)
        {
            Console.WriteLine($"others    {leftOut}");
        }

        if (report.MeanColor is { } mean)
        {
            Console.WriteLine($"mean      red {mean[0]:F1}, green {mean[1]:F1}, blue {mean[2]:F1} of 255, over {report.Decoded:N0} images");
        }

        Console.WriteLine($"hash      {report.Hash}");
        Console.WriteLine($"training  {report.TrainingProblem ?? "ready"}");
        foreach (var image in report.Damaged)
        {
            Console.WriteLine($"damaged   {image.Name}: {image.Reason}");
        }
    }
}
