using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Filtering;

/// <summary>Reads the filter language by recursive descent: <c>or</c> binds least, <c>and</c> may be left out, <c>not</c> binds most.</summary>
internal sealed class FilterParser(List<FilterWord> words, FilterNames names)
{
    private const int DeepestNesting = 100;

    private static readonly string[] Fields = ["state", "exclude", "src", "dst", "sport", "dport", "pid", "comm", "netns", "container"];
    private static readonly string[] Keywords = [.. Fields, "and", "or", "not"];

    private readonly FilterValues _values = new(names);
    private int _next;
    private int _depth;

    public static ToolException Error(string what) => new($"filter: {what}", 2);

    public Condition Parse()
    {
        Condition condition = ParseAny();
        return _next == words.Count ? condition : throw Error($"')' at {words[_next].At} closes nothing");
    }

    private Condition ParseAny()
    {
        var parts = new List<Condition> { ParseAll() };
        while (Take("or", "|", "||"))
            parts.Add(ParseAll());
        return parts is [var only] ? only : new AnyOf([.. parts]);
    }

    private Condition ParseAll()
    {
        var parts = new List<Condition> { ParseOne() };
        while (Take("and", "&", "&&") || (_next < words.Count && !IsNext("or", "|", "||", ")")))
            parts.Add(ParseOne());
        return parts is [var only] ? only : new AllOf([.. parts]);
    }

    private Condition ParseOne()
    {
        if (_next == words.Count)
            throw Error($"a condition is missing after '{words[^1].Text}' at {words[^1].At}");
        FilterWord word = words[_next];
        if (++_depth > DeepestNesting)
            throw Error($"nested deeper than {DeepestNesting} at {word.At}");
        Condition condition;
        if (Take("not", "!"))
            condition = new Not(ParseOne());
        else if (Take("("))
        {
            condition = ParseAny();
            if (!Take(")"))
                throw Error($"'(' at {word.At} is not closed");
        }
        else
            condition = ParseField(word);
        _depth--;
        return condition;
    }

    private Condition ParseField(FilterWord field)
    {
        if (IsNext("state", "exclude", "excl"))
            return ParseStates();
        _next++;
        switch (field.Quoted ? "" : field.Text.ToLowerInvariant())
        {
            case "src":
                return Equality(field, "an address, as 10.0.0.0/8 or [::1]:443", word => _values.Host(End.Local, word));
            case "dst":
                return Equality(field, "an address, as 10.0.0.0/8 or [::1]:443", word => _values.Host(End.Remote, word));
            case "sport":
                return ParsePort(End.Local, field);
            case "dport":
                return ParsePort(End.Remote, field);
            case "pid":
                return Equality(field, "a process number, as 4312", word => new PidIs(FilterValues.Pid(word)));
            case "comm":
                return Equality(field, "a process name, as java or 'java*'", word => new CommLike(word.Text));
            case "netns":
                return Equality(field, "a network namespace, as 4026531840 or a name", word => new NetnsIs(_values.Netns(word)));
            case "container":
                return Equality(field, "a container's id or the beginning of it", word => new ContainerLike(word.Text));
            case ")" or "and" or "or" or "&" or "&&" or "|" or "||":
                throw Error($"a condition is missing before '{field.Text}' at {field.At}");
            default:
                throw Error($"unknown word '{field.Text}' at {field.At}{Nearest.Hint(field.Text, Keywords)}");
        }
    }

    // As in ss, "state a state b" asks for either, and "exclude c" takes away from what was said before it.
    private StateIs ParseStates()
    {
        StateSet? states = null;
        while (IsNext("state", "exclude", "excl"))
        {
            FilterWord word = words[_next++];
            FilterWord name = Value(word, "a state, as established");
            if (!StateSet.TryParse(name.Text, out StateSet named))
                throw Error($"unknown state '{name.Text}' at {name.At}{Nearest.Hint(name.Text, StateSet.Names)}");
            states = word.Text.Equals("state", StringComparison.OrdinalIgnoreCase)
                ? (states ?? default).With(named)
                : (states ?? StateSet.All).Without(named);
        }
        return new StateIs(states!.Value);
    }

    private Condition ParsePort(End end, FilterWord field)
    {
        string comparison = TakeComparison();
        int port = _values.Port(Value(field, "a port, as 443, :443 or https"));
        return comparison switch
        {
            ">" => new PortIn(end, port + 1, ushort.MaxValue),
            "<" => new PortIn(end, 0, port - 1),
            ">=" => new PortIn(end, port, ushort.MaxValue),
            "<=" => new PortIn(end, 0, port),
            "!=" => new Not(new PortIn(end, port, port)),
            _ => new PortIn(end, port, port),
        };
    }

    private Condition Equality(FilterWord field, string needs, Func<FilterWord, Condition> read)
    {
        int at = _next;
        string comparison = TakeComparison();
        if (comparison is not ("=" or "!="))
            throw Error($"'{words[at].Text}' at {words[at].At} cannot be asked of '{field.Text}'; use = or !=");
        Condition condition = read(Value(field, needs));
        return comparison == "=" ? condition : new Not(condition);
    }

    private string TakeComparison() =>
        Take("=", "==", "eq") ? "="
        : Take("!=", "ne", "neq") ? "!="
        : Take(">=", "ge", "geq") ? ">="
        : Take("<=", "le", "leq") ? "<="
        : Take(">", "gt") ? ">"
        : Take("<", "lt") ? "<"
        : "=";

    private FilterWord Value(FilterWord field, string needs)
    {
        if (_next == words.Count || words[_next].IsSign)
            throw Error($"'{field.Text}' at {field.At} needs {needs}");
        return words[_next++];
    }

    private bool Take(params ReadOnlySpan<string> any)
    {
        bool taken = IsNext(any);
        if (taken)
            _next++;
        return taken;
    }

    private bool IsNext(params ReadOnlySpan<string> any)
    {
        if (_next == words.Count || words[_next].Quoted)
            return false;
        foreach (string word in any)
        {
            if (words[_next].Text.Equals(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
