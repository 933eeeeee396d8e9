using ProjectedGan.Cli.Tests.Processes;

namespace ProjectedGan.Worker.Tests;

public class RunsFolderTests
{
    [Fact]
    public void Open_OthersLeftTheirsBehind_OnlyThoseOfTheDeadAreCleared()
    {
        using TemporaryFolder home = new();
        // A process that was killed leaves its folder and its lock's file, which nobody holds any more.
        Directory.CreateDirectory(home.At("runs", "dead", "checkpoints"));
        File.WriteAllText(home.At("runs", "dead", "checkpoints", "state"), "much");
        File.WriteAllText(home.At("runs", "dead.lock"), "");
        using RunsFolder living = new(home.At("runs"), "living");
        File.WriteAllText(Path.Combine(living.Path, "state"), "needed");

        using (RunsFolder own = new(home.At("runs"), "own"))
        {
            Assert.True(Directory.Exists(own.Path));
            Assert.False(Directory.Exists(home.At("runs", "dead")));
            Assert.True(File.Exists(Path.Combine(living.Path, "state")));
        }

        Assert.Equal([living.Path, living.Path + ".lock"], Directory.GetFileSystemEntries(home.At("runs")).Order(StringComparer.Ordinal));
    }
}
