using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>A module that only groups others: a segment of a dotted parameter name.</summary>
internal sealed class ModuleContainer() : nn.Module(nameof(ModuleContainer))
{
    private readonly Dictionary<string, ModuleContainer> _groups = [];

    /// <summary>Registers a module under a dotted path below a root, making the groups on the way.</summary>
    /// <param name="root">The module to which the path is relative.</param>
    /// <param name="groups">The groups made so far below the root, by name.</param>
    /// <param name="path">Names joined by dots.</param>
    /// <param name="leaf">The module to register.</param>
    public static void Register(nn.Module root, Dictionary<string, ModuleContainer> groups, string path, nn.Module leaf)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            root.register_module(path, leaf);
            return;
        }

        var name = path[..dot];
        if (!groups.TryGetValue(name, out var group))
        {
            group = new ModuleContainer();
            groups.Add(name, group);
            root.register_module(name, group);
        }

        Register(group, group._groups, path[(dot + 1)..], leaf);
    }
}
