using System.Globalization;

namespace Tcpwhy.Tuning;

/// <summary>What the value of a setting looks like, and between which bounds it is sensible.</summary>
public sealed class ValueShape
{
    private const int HighestPort = 65535;
    private readonly string _kind;
    private readonly long _least;
    private readonly long _most;

    private ValueShape(string kind, long least, long most) => (_kind, _least, _most) = (kind, least, most);

    /// <summary>Whether the value is a list of ports, where an empty one is a value too.</summary>
    public bool IsPorts => _kind == "ports";

    /// <summary>Reads <c>number MIN MAX</c>, <c>range MIN MAX</c>, <c>triple MIN MAX</c>, <c>ports</c> or <c>word</c>.</summary>
    internal static ValueShape Parse(string text) => text.Split(' ') switch
    {
        [("number" or "range" or "triple") and var kind, var least, var most] => new(kind, long.Parse(least, NumberStyles.None), long.Parse(most, NumberStyles.None)),
        [("ports" or "word") and var kind] => new(kind, 0, 0),
        _ => throw new InvalidDataException($"no shape of a value: '{text}'"),
    };

    /// <summary>The value as the kernel takes it, with single spaces.</summary>
    /// <exception cref="InvalidDataException">It has another shape, is out of bounds or out of order; the message says what would be right.</exception>
    public string Check(string name, string value)
    {
        string plain = Plain(value);
        switch (_kind)
        {
            case "word":
                return IsWord(plain) ? plain : throw new InvalidDataException($"{name}: '{value}' is no name; letters, digits, '_' and '-' are right");
            case "ports":
                return IsPortList(plain) ? plain : throw new InvalidDataException($"{name}: '{value}' is no list of ports, as 8080,9000-9100");
            default:
                long[] numbers = Numbers(name, plain);
                for (int i = 0; i < numbers.Length; i++)
                {
                    if (numbers[i] < _least || numbers[i] > _most)
                        throw new InvalidDataException($"{name}: {numbers[i]} is out of bounds; {_least} to {_most} is right");
                    if (i > 0 && numbers[i] < numbers[i - 1])
                        throw new InvalidDataException($"{name}: '{plain}' is not in order, from the least to the most");
                }
                return plain;
        }
    }

    /// <summary>The value as it was read, when it can be written back: of this shape, whatever its size.</summary>
    /// <exception cref="InvalidDataException">It has another shape.</exception>
    public string CheckShape(string name, string value)
    {
        if (_kind is "word" or "ports")
            return Check(name, value);
        _ = Numbers(name, Plain(value));
        return Plain(value);
    }

    /// <summary>A value with single spaces between its words, as two readings can be compared.</summary>
    public static string Plain(string value) => string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private long[] Numbers(string name, string plain)
    {
        int wanted = _kind switch { "triple" => 3, "range" => 2, _ => 1 };
        string[] words = plain.Split(' ');
        long[] numbers = new long[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            // A sign, a thousands mark or a number above 2^63 is no number to the kernel either.
            if (!long.TryParse(words[i], NumberStyles.AllowLeadingSign, null, out numbers[i]))
                throw new InvalidDataException($"{name}: '{words[i]}' is no whole number");
        }
        return numbers.Length == wanted ? numbers : throw new InvalidDataException($"{name}: '{plain}' has {numbers.Length} numbers, and takes {wanted}");
    }

    private static bool IsWord(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))
                return false;
        }
        return text.Length is > 0 and <= 15;
    }

    private static bool IsPortList(string text)
    {
        if (text.Length == 0)
            return true;
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2)
                return false;
            int last = 0;
            foreach (string end in ends)
            {
                if (!int.TryParse(end, NumberStyles.None, null, out int port) || port > HighestPort || port < last)
                    return false;
                last = port;
            }
        }
        return true;
    }
}
