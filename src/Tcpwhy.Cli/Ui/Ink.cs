namespace Tcpwhy.Cli.Ui;

/// <summary>How a piece of text is drawn where colours are wanted.</summary>
internal enum Ink
{
    Plain,
    Bold,
    Dim,
    Red,
    Yellow,
    Green,
    Cyan,
}

/// <summary>Text of one ink.</summary>
internal readonly record struct Piece(string Text, Ink Ink = Ink.Plain)
{
    public static implicit operator Piece(string text) => new(text);
}

/// <summary>What terminals call inks (ECMA-48, SGR): of the 16 colours that every terminal has.</summary>
internal static class InkCode
{
    public static string Code(this Ink ink) => ink switch
    {
        Ink.Bold => "1",
        Ink.Dim => "2",
        Ink.Red => "1;31",
        Ink.Yellow => "1;33",
        Ink.Green => "32",
        Ink.Cyan => "36",
        _ => "0",
    };
}
