using System.Text.Json.Nodes;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Experiments;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Tests.Storage;

public class OlderStateTests
{
    [Fact]
    public void Record_OfAnOlderVersion_LoadsWithDefaults()
    {
        var excluded = new ExcludedWorker { Worker = "w1", Until = DateTimeOffset.MaxValue, Reason = "No memory." };
        var stored = new StoredExperiment { Record = new ExperimentRecord { Revision = 5, Epoch = 7, BrokenEpochs = 2, Excluded = [excluded] } };
        var older = JsonNode.Parse(StatePayload.Write(stored))!;
        Assert.True(older["record"]!.AsObject().Remove("brokenEpochs"));
        Assert.True(older["record"]!["excluded"]![0]!.AsObject().Remove("reason"));

        var record = StatePayload.Read<StoredExperiment>(older.ToJsonString()).Record;
        Assert.Equal((5, 7, 0), (record.Revision, record.Epoch, record.BrokenEpochs));
        Assert.Equal(excluded with { Reason = "" }, Assert.Single(record.Excluded));
    }
}
