using ProjectedGan.Testing;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Tests.Golden;

/// <summary>Compares a network's buffers and gradients with a golden case.</summary>
internal static class GoldenState
{
    /// <summary>The outputs <c>state/*</c> against the network's buffers.</summary>
    public static void Compare(GoldenRun run, Module network)
    {
        var state = GoldenModule.StateOf(network).ToDictionary(item => item.Name, item => item.Tensor);
        foreach (var name in run.OutputsUnder("state/"))
        {
            run.Compare("state/" + name, state[name]);
        }
    }

    /// <summary>
    /// Every parameter has a gradient exactly where the reference's has one (case meta <c>params_without_grad</c>; those of
    /// <c>grads_excluded</c> are free), and equal where the case stores it.
    /// </summary>
    public static void CompareParameterGradients(GoldenRun run, Module network, string prefix)
    {
        var stored = run.OutputsUnder(prefix).ToHashSet();
        var without = run.Case.MetaNames("params_without_grad");
        var excluded = run.Case.MetaNames("grads_excluded");
        foreach (var (name, parameter, _) in GoldenModule.StateOf(network).Where(item => item.IsParameter))
        {
            var gradient = parameter.grad;
            if (without.Contains(name))
            {
                Assert.True(gradient is null, $"{name} has a gradient; the reference's has none.");
            }
            else if (!excluded.Contains(name))
            {
                Assert.True(gradient is not null, $"{name} has no gradient; the reference's has one.");
            }

            if (stored.Contains(name))
            {
                run.Compare(prefix + name, gradient!);
            }
        }
    }
}
