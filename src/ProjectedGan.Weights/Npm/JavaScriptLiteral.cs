using System.Globalization;
using System.Text;
using System.Text.Json;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Npm;

/// <summary>
/// Translates a JavaScript data literal, as minifiers write it, to JSON: unquoted keys, <c>!0</c> and <c>!1</c>, <c>void 0</c>,
/// numbers such as <c>.5</c> and <c>1e3</c>, either kind of quotes. Expressions are refused; nothing is evaluated.
/// </summary>
internal sealed class JavaScriptLiteral
{
    private const int DeepestNesting = 64;

    private readonly string _path;
    private readonly string _text;
    private readonly Utf8JsonWriter _json;
    private int _position;

    private JavaScriptLiteral(string path, string text, int position, Utf8JsonWriter json)
    {
        _path = path;
        _text = text;
        _position = position;
        _json = json;
    }

    /// <summary>The literal that begins at <paramref name="position"/>; text behind it is not looked at.</summary>
    /// <exception cref="WeightFileException">There is something else than a literal.</exception>
    public static JsonDocument Parse(string path, string text, int position)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            new JavaScriptLiteral(path, text, position, json).Value(0);
        }
        return JsonDocument.Parse(buffer.ToArray(), new() { MaxDepth = DeepestNesting + 1 });
    }

    private void Value(int depth)
    {
        if (depth > DeepestNesting)
        {
            throw Error("nests too deeply");
        }
        switch (Peek())
        {
            case '{': Object(depth); break;
            case '[': Array(depth); break;
            case '"' or '\'': _json.WriteStringValue(Text()); break;
            case '!': Negation(); break;
            case '-' or '+' or '.' or (>= '0' and <= '9'): Number(); break;
            default: Word(); break;
        }
    }

    private void Object(int depth)
    {
        _position++;
        _json.WriteStartObject();
        while (Peek() != '}')
        {
            _json.WritePropertyName(Peek() is '"' or '\'' ? Text() : Name());
            Expect(':');
            Value(depth + 1);
            if (Peek() != '}')
            {
                Expect(',');
            }
        }
        _position++;
        _json.WriteEndObject();
    }

    private void Array(int depth)
    {
        _position++;
        _json.WriteStartArray();
        while (Peek() != ']')
        {
            Value(depth + 1);
            if (Peek() != ']')
            {
                Expect(',');
            }
        }
        _position++;
        _json.WriteEndArray();
    }

    private void Negation()
    {
        _position++;
        _json.WriteBooleanValue(Next() switch
        {
            '0' => true,
            '1' => false,
            _ => throw Error("has an expression where a value is expected"),
        });
    }

    private void Number()
    {
        var start = _position;
        while (_position < _text.Length && (char.IsAsciiDigit(_text[_position]) || "+-.eE".Contains(_text[_position], StringComparison.Ordinal)))
        {
            _position++;
        }
        if (!double.TryParse(_text.AsSpan(start, _position - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !double.IsFinite(number))
        {
            throw Error("has a malformed number");
        }
        if (number == Math.Truncate(number) && Math.Abs(number) < 1L << 53)
        {
            _json.WriteNumberValue((long)number);
        }
        else
        {
            _json.WriteNumberValue(number);
        }
    }

    private void Word()
    {
        switch (Name())
        {
            case "true": _json.WriteBooleanValue(true); break;
            case "false": _json.WriteBooleanValue(false); break;
            case "null" or "undefined": _json.WriteNullValue(); break;
            case "void":
                Expect('0');
                _json.WriteNullValue();
                break;
            case var word: throw Error($"has '{word}' where a value is expected");
        }
    }

    private string Name()
    {
        Peek();
        var start = _position;
        while (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] is '_' or '$'))
        {
            _position++;
        }
        return _position > start ? _text[start.._position] : throw Error($"has '{Next()}' where a value is expected");
    }

    private string Text()
    {
        var quote = Next();
        var text = new StringBuilder();
        for (var next = Next(); next != quote; next = Next())
        {
            text.Append(next == '\\' ? Escaped() : next);
        }
        return text.ToString();
    }

    private char Escaped()
    {
        var escape = Next();
        return escape switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\b',
            'f' => '\f',
            'u' => Unicode(4),
            'x' => Unicode(2),
            _ => escape,
        };
    }

    private char Unicode(int digits)
    {
        if (_position + digits > _text.Length
            || !ushort.TryParse(_text.AsSpan(_position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            throw Error("has a malformed escape");
        }
        _position += digits;
        return (char)code;
    }

    private void Expect(char wanted)
    {
        if (Peek() != wanted)
        {
            throw Error($"has '{_text[_position]}' where '{wanted}' is expected");
        }
        _position++;
    }

    private char Next() => _position < _text.Length ? _text[_position++] : throw Error("ends too early");

    private char Peek()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            _position++;
        }
        return _position < _text.Length ? _text[_position] : throw Error("ends too early");
    }

    private WeightFileException Error(string what) => new($"'{_path}' {what} (character {_position}); it may be truncated, fetch it again.");
}
