using System.CommandLine;

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
