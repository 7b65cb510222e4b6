/// The page's style: one set of colours for light, one for dark; times go from cool to warm.
enum PageStyle {
  static let css = """
    :root{color-scheme:light dark;--bg:#fcfcfb;--card:#fff;--ink:#1c1f23;--soft:#59616b;--line:#dcdfe3;--accent:#0b5cad;
    --ok:#17693a;--bad:#b3261e;--warn:#8a5300;--alive:#3f9d68;--susp:#e0a11b;--dead:#cf3b32;--mark:#0b5cad;
    --h0:#e0f2f7;--h1:#d3ecdf;--h2:#e2eec6;--h3:#f5efc0;--h4:#fae3b0;--h5:#f7d3a4;--h6:#efc096;--hb:#eceef0;--hx:#b3261e;--hxt:#fff;
    --c0:#0b5cad;--c1:#b3261e;--c2:#17693a;--c3:#8a3ffc;--c4:#8a5300;--c5:#006b75}
    @media(prefers-color-scheme:dark){:root:not([data-theme=light]){--bg:#14171a;--card:#1b1f23;--ink:#e8eaed;--soft:#a3acb6;
    --line:#343a41;--accent:#7fb8f5;--ok:#7fd6a3;--bad:#ff9d94;--warn:#f2c063;--alive:#3f9d68;--susp:#d79a1e;--dead:#d9534a;
    --mark:#7fb8f5;--h0:#163646;--h1:#17402f;--h2:#333f1e;--h3:#45401a;--h4:#4f3b16;--h5:#5a3a14;--h6:#6b3d12;--hb:#262b30;
    --hx:#c2352b;--hxt:#fff;--c0:#7fb8f5;--c1:#ff9d94;--c2:#7fd6a3;--c3:#c9a6ff;--c4:#f2c063;--c5:#6fd3dd}}
    :root[data-theme=light]{color-scheme:light}
    :root[data-theme=dark]{color-scheme:dark;--bg:#14171a;--card:#1b1f23;--ink:#e8eaed;--soft:#a3acb6;--line:#343a41;
    --accent:#7fb8f5;--ok:#7fd6a3;--bad:#ff9d94;--warn:#f2c063;--alive:#3f9d68;--susp:#d79a1e;--dead:#d9534a;--mark:#7fb8f5;
    --h0:#163646;--h1:#17402f;--h2:#333f1e;--h3:#45401a;--h4:#4f3b16;--h5:#5a3a14;--h6:#6b3d12;--hb:#262b30;--hx:#c2352b;--hxt:#fff;
    --c0:#7fb8f5;--c1:#ff9d94;--c2:#7fd6a3;--c3:#c9a6ff;--c4:#f2c063;--c5:#6fd3dd}
    *{box-sizing:border-box}
    html{scroll-padding-top:1rem}
    body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
    main,header,footer{max-width:82rem;margin:0 auto;padding:0 1rem}
    header{padding-top:1.5rem;display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:baseline;justify-content:space-between}
    h1{font-size:1.6rem;margin:0;line-height:1.2}h2{font-size:1.25rem;margin:2.5rem 0 .25rem}h3{font-size:1.05rem;margin:1.75rem 0 0}
    p{max-width:46rem;margin:.4rem 0}a{color:var(--accent)}code{font:.875em ui-monospace,SFMono-Regular,Menlo,monospace;
    overflow-wrap:anywhere}
    .soft{color:var(--soft)}.small{font-size:.875rem}
    .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem;z-index:9}
    button,select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:.4rem;
    padding:.3rem .7rem;max-width:100%}
    :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:.2rem}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1rem 0;padding:0;list-style:none}
    .tiles li{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.6rem .9rem}
    .tiles b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
    .scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.6rem;background:var(--card);margin:.75rem 0;max-width:100%}
    table{border-collapse:separate;border-spacing:0;font-size:.875rem;font-variant-numeric:tabular-nums;width:100%}
    td small{display:block;color:var(--soft);white-space:nowrap}caption{text-align:left;padding:.6rem .8rem;color:var(--soft)}
    th,td{padding:.35rem .6rem;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
    thead th{border-top:0;white-space:nowrap;background:var(--card);vertical-align:bottom}
    .matrix th[scope=row]{font-weight:400;color:var(--soft);white-space:nowrap;padding-left:1.4rem}
    .matrix th[scope=row],.matrix th[scope=rowgroup],.matrix thead th:first-child{position:sticky;left:0;background:var(--card)}.matrix tbody th{z-index:1}
    .matrix th[scope=rowgroup]{padding-top:.7rem;white-space:nowrap}.matrix tr.group td{padding-top:.7rem}
    .matrix td{padding:2px}.matrix th{padding:.35rem .4rem}.tall{max-height:min(85vh,60rem);overflow:auto}.matrix thead th{position:sticky;top:0;z-index:2}.matrix thead th:first-child{z-index:3}
    .cell{display:block;min-width:4.6rem;padding:.25rem .3rem;font-size:.8125rem;border-radius:.3rem;color:inherit;text-decoration:none;line-height:1.25;
    white-space:nowrap}
    .cell small{display:block;color:var(--soft);font-size:.6875rem}.cell:hover{box-shadow:inset 0 0 0 2px var(--accent)}
    .h0{background:var(--h0)}.h1{background:var(--h1)}.h2{background:var(--h2)}.h3{background:var(--h3)}.h4{background:var(--h4)}
    .h5{background:var(--h5)}.h6{background:var(--h6)}.hb{background:var(--hb)}.hx{background:var(--hx);color:var(--hxt)}.cell.hx small{color:inherit}
    .choice th[scope=row]{white-space:nowrap}.choice td{min-width:18rem}
    .promises td{padding:.2rem .5rem;font-size:.75rem;white-space:nowrap}.promises tbody tr:not(.group):nth-child(even) td{background:var(--hb)}
    .promises abbr{text-decoration:none;color:var(--soft)}.bad{color:var(--bad)}
    .legend{display:flex;flex-wrap:wrap;gap:.35rem .9rem;margin:.6rem 0;padding:0;list-style:none;font-size:.8125rem}
    .legend i{display:inline-block;width:1.1rem;height:.8rem;border-radius:.2rem;margin-right:.35rem;vertical-align:-1px}
    .tl{margin:.6rem 0 1rem;padding:.7rem .9rem;border:1px solid var(--line);border-radius:.6rem;background:var(--card)}
    .tl figcaption{font-size:.875rem;margin-bottom:.5rem}
    .row{display:grid;grid-template-columns:5.6rem 1fr;align-items:center;font-size:.8125rem}
    .track{position:relative;height:1.35rem;margin:2px 0;background:var(--hb);border-radius:.2rem;overflow:hidden}
    .track i{position:absolute;top:0;bottom:0;min-width:2px}.track .s1{background:var(--alive)}
    .track .s2{background:var(--susp)}.track .s3{background:var(--dead)}
    .track u{position:absolute;top:0;bottom:0;width:2px;background:var(--ink)}
    .track u.p{background:none;border-left:2px dashed var(--ink);opacity:.6}
    .axis .track{background:none;overflow:visible;height:1.1rem}
    .axis .track span{position:absolute;transform:translateX(-50%);white-space:nowrap;color:var(--soft);font-size:.75rem}
    .axis .track span.e{transform:translateX(-100%)}
    details{margin-top:.4rem}summary{cursor:pointer;font-size:.8125rem;color:var(--accent)}
    details table{margin-top:.3rem}
    .plot{min-width:34rem;width:100%;max-width:56rem;display:block}.plot text{fill:var(--ink);font:13px system-ui,sans-serif}
    .plot .g{stroke:var(--line)}.plot .t{fill:var(--soft)}
    .faults{columns:14rem auto;padding-left:1.2rem;font-size:.875rem}
    footer{padding:2rem 1rem 3rem;color:var(--soft);font-size:.875rem}
    @media(max-width:30rem){h1{font-size:1.35rem}.row{grid-template-columns:4.6rem 1fr}.tl{padding:.6rem}
    .matrix th[scope=row]{padding-left:.6rem}.matrix th[scope=row],.matrix th[scope=rowgroup],.matrix thead th:first-child{
    max-width:8.2rem;white-space:normal}.cell{min-width:4.7rem}}
    @media print{.scroll{overflow:visible;border:0;max-height:none}button,select,.skip{display:none}}
    """
}
