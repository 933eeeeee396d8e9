using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Specification;

/// <summary>
/// Reads YAML of unknown origin as far as settings need it: mappings by name, lists and scalars, a few levels deep. YamlDotNet builds and
/// compares nodes by recursion, so that depth, a node that holds itself, or aliases in a key would end the process or keep a thread for ever;
/// the events of its parser, which has no recursion, are looked at first.
/// </summary>
public static class PlainYaml
{
    /// <summary>Levels of mappings and lists. A spec has two.</summary>
    public const int MostLevels = 8;

    /// <exception cref="YamlException">The text is no YAML, or more than plain YAML.</exception>
    public static YamlStream Load(TextReader text)
    {
        YamlStream stream = [];
        Parser parser = new(text);
        try
        {
            stream.Load(new PlainParser(parser));
        }
        catch (ArgumentException)
        {
            // Where the parser gives something that is no node in a node's place.
            throw new YamlException(parser.Current?.Start ?? Mark.Empty, parser.Current?.End ?? Mark.Empty, "no value can stand here");
        }
        return stream;
    }

    private sealed class PlainParser(Parser parser) : IParser
    {
        // For each mapping and list around the present place: whether the next node is a key.
        private readonly Stack<bool?> _expectsKey = new();

        public ParsingEvent? Current => parser.Current;

        public bool MoveNext()
        {
            if (!Next())
            {
                return false;
            }
            switch (parser.Current)
            {
                case AnchorAlias:
                    throw Refusal("aliases are not taken; write the value out");
                case NodeEvent node:
                    Begin(node);
                    break;
                case MappingEnd or SequenceEnd:
                    _expectsKey.Pop();
                    break;
            }
            return true;
        }

        // At some texts that are no YAML the parser fails by its own state.
        private bool Next()
        {
            try
            {
                return parser.MoveNext();
            }
            catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException or OverflowException)
            {
                throw new YamlException(parser.Current?.Start ?? Mark.Empty, parser.Current?.End ?? Mark.Empty, "it cannot be read from here on");
            }
        }

        private void Begin(NodeEvent node)
        {
            if (!node.Anchor.IsEmpty)
            {
                throw Refusal("anchors are not taken; write the value out where it is needed");
            }
            if (_expectsKey.TryPop(out var isKey))
            {
                if (isKey == true && node is not Scalar)
                {
                    throw Refusal("a name must be a plain text");
                }
                _expectsKey.Push(!isKey);
            }
            if (node is Scalar)
            {
                return;
            }
            if (_expectsKey.Count == MostLevels)
            {
                throw Refusal($"it is nested deeper than {MostLevels} levels");
            }
            _expectsKey.Push(node is MappingStart ? true : null);
        }

        private YamlException Refusal(string reason) => new(parser.Current!.Start, parser.Current.End, reason);
    }
}
