(* A search index in OCaml: terms and where they stand. ocamlopt unix.cmxa terms.ml; usage: terms DOCUMENTS_A_SECOND MOST
   MOST documents are indexed, then the oldest leaves; 0: all stay *)
let rate = int_of_string Sys.argv.(1)
let most = int_of_string Sys.argv.(2)
let index : (string, int list) Hashtbl.t = Hashtbl.create 1024
let texts : (int * string list) Queue.t = Queue.create ()

let forget () =
  let number, terms = Queue.pop texts in
  List.iter
    (fun term ->
      match List.filter (fun n -> n <> number) (try Hashtbl.find index term with Not_found -> []) with
      | [] -> Hashtbl.remove index term
      | rest -> Hashtbl.replace index term rest)
    terms

let () =
  let number = ref 0 in
  while true do
    for _ = 1 to rate / 4 do
      incr number;
      let terms = List.init 40 (fun _ -> Printf.sprintf "term%d" (Random.int 4_000_000)) in
      List.iter
        (fun term -> Hashtbl.replace index term (!number :: (try Hashtbl.find index term with Not_found -> [])))
        terms;
      Queue.push (!number, terms) texts;
      if most > 0 && Queue.length texts > most then forget ()
    done;
    Unix.sleepf 0.25
  done
